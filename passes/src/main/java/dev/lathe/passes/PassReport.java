package dev.lathe.passes;

import dev.lathe.passes.rewrite.RuleStatistics;
import java.util.List;
import java.util.Locale;

/// What the passes did and how long they took.
public record PassReport(List<Entry> entries) {
  public PassReport {
    entries = List.copyOf(entries);
  }

  /// One pass.
  ///
  /// @param nodesBefore nodes of the graph that it got
  /// @param nodesAfter nodes of the graph that it gave
  /// @param nanos time of the pass without verification
  public record Entry(
      String pass, int nodesBefore, int nodesAfter, long nanos, List<RuleStatistics> rules) {
    public Entry {
      rules = List.copyOf(rules);
    }
  }

  /// A table: passes, and below each the rules that fired.
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Entry entry : entries) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-20s %5d -> %5d nodes %8.2f ms\n",
              entry.pass(),
              entry.nodesBefore(),
              entry.nodesAfter(),
              entry.nanos() / 1e6));
      for (RuleStatistics rule : entry.rules()) {
        if (rule.fires() > 0) {
          text.append(String.format(Locale.ROOT, "  %5d x  %s\n", rule.fires(), rule.equation()));
        }
      }
    }
    return text.toString();
  }
}
