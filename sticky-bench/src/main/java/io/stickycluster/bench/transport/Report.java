package io.stickycluster.bench.transport;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes the results as a table for people or as CSV. */
final class Report {

  private static final String CSV_HEAD =
      "workload,target,rounds,per_second,min,max,of_netty,of_netty_by_cpu,of_haproxy,"
          + "of_haproxy_by_cpu,of_nginx,of_nginx_by_cpu,of_ip,of_ip_by_cpu,cpu_us,client_cpu_us,"
          + "others_percent,errors,note";

  private Report() {}

  /** Returns the table of one workload. */
  static String table(Workload workload, List<Row> rows) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(
        List.of(
            "",
            "median/s",
            "min",
            "max",
            "x netty",
            "(CPU)",
            "x haproxy",
            "(CPU)",
            "x nginx",
            "(CPU)",
            "x ip",
            "(CPU)",
            "CPU us",
            "client us",
            "others",
            "errors"));
    for (Row row : rows) {
      cells.add(row.samples().isEmpty() ? List.of(row.target().label()) : cells(row, rows));
    }
    List<Integer> widths = new ArrayList<>();
    for (int column = 0; column < cells.get(0).size(); column++) {
      int at = column;
      widths.add(
          cells.stream()
              .filter(line -> at < line.size())
              .mapToInt(line -> line.get(at).length())
              .max()
              .orElse(0));
    }
    StringBuilder text = new StringBuilder(workload.title()).append('\n');
    for (int line = 0; line < cells.size(); line++) {
      text.append(line(cells.get(line), widths));
      if (line > 0) {
        String note = note(rows.get(line - 1));
        text.append(note.isEmpty() ? "" : "  " + note);
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static List<String> cells(Row row, List<Row> rows) {
    List<String> cells =
        new ArrayList<>(
            List.of(
                row.target().label(),
                number(row.median(Sample::perSecond), 0),
                number(min(row), 0),
                number(max(row), 0)));
    cells.addAll(ratios(row, rows, 2));
    cells.add(number(row.median(Sample::cpuMicros), 1));
    cells.add(number(row.median(Sample::clientMicros), 1));
    cells.add(number(100 * row.median(Sample::othersShare), 0) + " %");
    cells.add(row.errors() == 0 ? "0" : "! " + row.errors());
    return cells;
  }

  /** Returns for each reference the ratio of what was measured and that by processor time. */
  private static List<String> ratios(Row row, List<Row> rows, int digits) {
    List<String> ratios = new ArrayList<>();
    for (@Nullable Target reference :
        Arrays.asList(Target.NETTY, Target.HAPROXY, Target.NGINX, row.target().byAddress())) {
      Row other = find(reference, rows);
      ratios.add(number(row.ratioTo(other, Sample::perSecond), digits));
      ratios.add(number(row.ratioTo(other, Sample::perCpuSecond), digits));
    }
    return ratios;
  }

  private static String line(List<String> cells, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      String format = column == 0 ? "%-" + widths.get(0) + "s" : "  %" + widths.get(column) + "s";
      line.append(format.formatted(cells.get(column)));
    }
    return line.toString();
  }

  /** Returns all workloads as CSV; cells without a value are empty. */
  static String csv(List<Table> tables) {
    StringBuilder text = new StringBuilder(CSV_HEAD).append('\n');
    for (Table table : tables) {
      for (Row row : table.rows()) {
        List<String> cells = new ArrayList<>();
        cells.add(table.workload().label());
        cells.add(row.target().label());
        cells.add(Integer.toString(row.samples().size()));
        cells.add(number(row.median(Sample::perSecond), 1));
        cells.add(number(min(row), 1));
        cells.add(number(max(row), 1));
        cells.addAll(ratios(row, table.rows(), 3));
        cells.add(number(row.median(Sample::cpuMicros), 2));
        cells.add(number(row.median(Sample::clientMicros), 2));
        cells.add(number(100 * row.median(Sample::othersShare), 1));
        cells.add(Long.toString(row.errors()));
        cells.add(quote(note(row)));
        text.append(
                cells.stream()
                    .map(cell -> cell.equals("-") ? "" : cell)
                    .collect(Collectors.joining(",")))
            .append('\n');
      }
    }
    return text.toString();
  }

  /** The rows of one workload. */
  record Table(Workload workload, List<Row> rows) {}

  private static String note(Row row) {
    return row.missing().isEmpty() ? row.firstError() : "left out: " + row.missing();
  }

  private static double min(Row row) {
    return row.samples().stream().mapToDouble(Sample::perSecond).min().orElse(Double.NaN);
  }

  private static double max(Row row) {
    return row.samples().stream().mapToDouble(Sample::perSecond).max().orElse(Double.NaN);
  }

  private static @Nullable Row find(@Nullable Target target, List<Row> rows) {
    return rows.stream()
        .filter(row -> row.target() == target && !row.samples().isEmpty())
        .findFirst()
        .orElse(null);
  }

  private static String number(double value, int digits) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + digits + "f", value) : "-";
  }

  private static String quote(String text) {
    return text.isEmpty() ? "" : '"' + text.replace("\"", "\"\"") + '"';
  }
}
