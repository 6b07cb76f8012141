package io.stickycluster.bench.chaos;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one run did, lost and measured, and which promises it found kept. */
final class RunReport {

  private final String title;
  private final Map<String, String> lines = new LinkedHashMap<>();
  private final List<Verdict> verdicts;

  RunReport(String title, Map<String, String> lines, List<Verdict> verdicts) {
    this.title = title;
    this.lines.putAll(lines);
    this.verdicts = List.copyOf(verdicts);
  }

  boolean isKept() {
    return verdicts.stream().allMatch(Verdict::kept);
  }

  List<Verdict> verdicts() {
    return verdicts;
  }

  void print(PrintWriter out) {
    out.println(title);
    lines.forEach((name, value) -> out.printf("  %-22s %s%n", name, value));
    for (Verdict verdict : verdicts) {
      out.printf(
          "  %-6s  %s: %s%n",
          verdict.kept() ? "kept" : "BROKEN", verdict.promise(), verdict.evidence());
    }
    out.println();
    out.flush();
  }
}
