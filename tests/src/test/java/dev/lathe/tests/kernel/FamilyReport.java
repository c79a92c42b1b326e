package dev.lathe.tests.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What became of the cases of one family.
final class FamilyReport {
  private static final int FULL_TEXTS = 4;

  private final List<NamedCase> cases;
  private final Map<Integer, String> failures = new LinkedHashMap<>();
  private final Set<Integer> begun = new LinkedHashSet<>();
  private final Set<Integer> skipped = new LinkedHashSet<>();
  private final Set<String> broken = new LinkedHashSet<>();
  private final List<String> remarks = new ArrayList<>();
  private int checks;

  FamilyReport(List<NamedCase> cases) {
    this.cases = cases;
  }

  void begin(int index) {
    begun.add(index);
  }

  void pass() {
    checks++;
  }

  /// A case that failed already is not counted twice.
  void skip(int index) {
    if (!failures.containsKey(index)) {
      skipped.add(index);
    }
  }

  void fail(int index, String text) {
    failures.merge(index, text, (a, b) -> a.contains(b) ? a : a + "\n" + b);
  }

  /// Kernels that shall not be launched again.
  void breaks(List<String> kernels) {
    broken.addAll(kernels);
  }

  void remark(String text) {
    remarks.add(text);
  }

  Set<String> broken() {
    return broken;
  }

  /// One past the last case that was begun.
  int next() {
    return begun.stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
  }

  boolean isGood() {
    return failures.isEmpty()
        && remarks.isEmpty()
        && skipped.isEmpty()
        && begun.size() == cases.size();
  }

  /// `LOGITS: 60 cases, 58 right, 2 wrong (3 s)`.
  String summary(String family, double seconds) {
    int wrong = failures.size();
    return "%s: %d cases, %d kernels right, %d cases wrong, %d skipped, %d not run (%.1f s)"
        .formatted(
            family,
            cases.size(),
            checks,
            wrong,
            skipped.size(),
            cases.size() - begun.size(),
            seconds);
  }

  /// All failures.
  String full() {
    StringBuilder text = new StringBuilder();
    remarks.forEach(remark -> text.append(remark).append('\n'));
    failures.forEach((index, failure) -> append(text, index, failure));
    return text.toString();
  }

  /// The names of all failures, the first of them in full.
  String brief() {
    StringBuilder text = new StringBuilder();
    remarks.forEach(remark -> text.append(remark).append('\n'));
    failures.keySet().forEach(index -> text.append("wrong: ").append(name(index)).append('\n'));
    skipped.forEach(index -> text.append("skipped: ").append(name(index)).append('\n'));
    failures.entrySet().stream()
        .limit(FULL_TEXTS)
        .forEach(entry -> append(text, entry.getKey(), entry.getValue()));
    return text.toString();
  }

  private String name(int index) {
    return "[" + index + "] " + cases.get(index).name();
  }

  private void append(StringBuilder text, int index, String failure) {
    text.append('\n').append(name(index)).append('\n');
    failure.lines().forEach(line -> text.append("  ").append(line).append('\n'));
  }
}
