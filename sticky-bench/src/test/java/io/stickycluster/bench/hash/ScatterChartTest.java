package io.stickycluster.bench.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.stickycluster.bench.CommandLineFixture;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScatterChartTest {

  @TempDir Path directory;

  @Test
  void aPngShowsMoreThanItsBackground() throws IOException {
    Path file = directory.resolve("chart.png");
    assertThat(draw(file)).contains("chart: " + file);
    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(image.getWidth()).isEqualTo(2400);
    int background = image.getRGB(0, 0);
    int drawn = 0;
    for (int x = 0; x < image.getWidth(); x++) {
      for (int y = 0; y < image.getHeight(); y++) {
        drawn += image.getRGB(x, y) == background ? 0 : 1;
      }
    }
    assertThat(drawn).isGreaterThan(20_000);
  }

  @Test
  void anSvgIsDrawnInPaths() throws IOException {
    Path file = directory.resolve("chart.svg");
    draw(file);
    assertThat(Files.readString(file)).contains("<svg", "<path", "</svg>");
  }

  private static String draw(Path file) {
    return CommandLineFixture.run("3", "100", "--hash=int31,djb2", "--chart=" + file).out();
  }
}
