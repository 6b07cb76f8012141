package io.stickycluster.bench.hash;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws what the strategies took and how they scattered, side by side. */
final class ScatterChart {

  /** The kinds of files it can write. */
  enum Format {
    PNG,
    SVG;

    /**
     * Returns the format that a file's name asks for.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static Format of(Path file) {
      String name = file.toString().toLowerCase(Locale.ROOT);
      for (Format format : values()) {
        if (name.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
          return format;
        }
      }
      throw new IllegalArgumentException("a chart's file ends in .png or .svg: " + file);
    }
  }

  private static final int TIME_WIDTH = 520;
  private static final int SCATTER_WIDTH = 680;
  private static final int HEIGHT = 440;

  /** Pixels per unit of a PNG, for sharp text on dense screens. */
  private static final int SCALE = 2;

  private static final Color INK = new Color(0x33, 0x3b, 0x46);
  private static final Color GRID = new Color(0xe3, 0xe7, 0xec);

  /** Told apart with colour-blind eyes, too: Okabe and Ito's. */
  private static final Color[] COLORS = {
    new Color(0xd5, 0x5e, 0x00),
    new Color(0x00, 0x72, 0xb2),
    new Color(0x00, 0x9e, 0x73),
    new Color(0xe6, 0x9f, 0x00),
    new Color(0xcc, 0x79, 0xa7),
    new Color(0x56, 0xb4, 0xe9),
    new Color(0x80, 0x80, 0x80),
  };

  private final Map<String, Measurement> texts = new LinkedHashMap<>();
  private final Map<String, Measurement> bytes = new LinkedHashMap<>();

  /** Adds what was measured for a strategy. */
  void add(String strategy, boolean isText, Measurement measured) {
    (isText ? texts : bytes).put(strategy, measured);
  }

  /** Writes the chart to a file. */
  void save(Path file, Format format) throws IOException {
    if (format == Format.PNG) {
      BufferedImage image =
          new BufferedImage(
              (TIME_WIDTH + SCATTER_WIDTH) * SCALE, HEIGHT * SCALE, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      graphics.scale(SCALE, SCALE);
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      paint(graphics);
      graphics.dispose();
      ImageIO.write(image, "png", file.toFile());
    } else {
      VectorGraphics2D graphics = new VectorGraphics2D();
      paint(graphics);
      try (OutputStream out = Files.newOutputStream(file)) {
        new SVGProcessor()
            .getDocument(graphics.getCommands(), new PageSize(TIME_WIDTH + SCATTER_WIDTH, HEIGHT))
            .writeTo(out);
      }
    }
  }

  private void paint(Graphics2D graphics) {
    times().paint(graphics, TIME_WIDTH, HEIGHT);
    graphics.translate(TIME_WIDTH, 0);
    scatter().paint(graphics, SCATTER_WIDTH, HEIGHT);
  }

  private CategoryChart times() {
    CategoryChart chart =
        new CategoryChartBuilder()
            .title("Time to place a client")
            .yAxisTitle("ns per address")
            .build();
    style(chart.getStyler());
    chart.getStyler().setAvailableSpaceFill(0.7);
    chart.getStyler().setDecimalPattern("0");
    chart.getStyler().setSeriesColors(new Color[] {COLORS[1], COLORS[5]});
    addTimes(chart, "address bytes", bytes);
    addTimes(chart, "address as text", texts);
    return chart;
  }

  private static void addTimes(
      CategoryChart chart, String name, Map<String, Measurement> measurements) {
    chart.addSeries(
        name,
        new ArrayList<>(measurements.keySet()),
        measurements.values().stream().map(Measurement::nanosPerKey).toList());
  }

  private XYChart scatter() {
    XYChart chart =
        new XYChartBuilder()
            .title("Clients on each worker, addresses as text")
            .xAxisTitle("worker")
            .yAxisTitle("% of the mean")
            .build();
    style(chart.getStyler());
    chart.getStyler().setSeriesColors(COLORS);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setMarkerSize(5);
    texts.forEach(
        (name, measured) -> {
          List<Integer> workers = IntStream.range(0, measured.counts().length).boxed().toList();
          List<Double> shares =
              workers.stream()
                  .map(worker -> 100 * measured.counts()[worker] / measured.mean())
                  .toList();
          XYSeries series = chart.addSeries(name, workers, shares);
          series.setMarker(SeriesMarkers.CIRCLE);
          series.setLineStyle(new BasicStroke(1.6f));
        });
    return chart;
  }

  private static void style(AxesChartStyler styler) {
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setPlotGridLinesColor(GRID);
    styler.setChartTitleBoxVisible(false);
    styler.setChartFontColor(INK);
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Horizontal);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    styler.setAxisTickLabelsColor(INK);
    styler.setAxisTicksMarksVisible(false);
    styler.setChartPadding(14);
  }
}
