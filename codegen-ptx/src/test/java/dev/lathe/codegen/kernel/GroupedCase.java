package dev.lathe.codegen.kernel;

import dev.lathe.codegen.catalog.PtxKernelCatalog.Candidate;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// Products of some experts, each with so many rows.
///
/// @param maxRows of the profile
/// @param gathers true: rows are found through an index
record GroupedCase(
    String target,
    DType dtype,
    DType outType,
    int n,
    int k,
    Activation activation,
    boolean gathers,
    int maxRows,
    List<Integer> rows) {

  static GroupedCase of(
      String target, DType dtype, int n, int k, Activation activation, Integer... rows) {
    return new GroupedCase(target, dtype, dtype, n, k, activation, false, 0, List.of(rows));
  }

  GroupedCase gathered() {
    return new GroupedCase(target, dtype, outType, n, k, activation, true, maxRows, rows);
  }

  /// Chosen for so many rows.
  GroupedCase upTo(int count) {
    return new GroupedCase(target, dtype, outType, n, k, activation, gathers, count, rows);
  }

  GroupedCase to(DType type) {
    return new GroupedCase(target, dtype, type, n, k, activation, gathers, maxRows, rows);
  }

  Stream<DynamicTest> tests(String template) {
    return tests(template, _ -> true);
  }

  Stream<DynamicTest> tests(String template, Predicate<String> configs) {
    StepBench bench = bench();
    Predicate<Candidate> chosen =
        candidate -> candidate.template().equals(template) && configs.test(candidate.config());
    return bench.tests(toString(), op(bench), chosen);
  }

  private StepBench bench() {
    int count = rows.stream().mapToInt(Integer::intValue).sum();
    return new StepBench().target(target).sizes(count, 1, 1).maxTokens(maxRows).tolerance(2e-3f);
  }

  /// T is the count of rows: as if each had one expert.
  private StepOp op(StepBench bench) {
    SizeExpr count = SizeExpr.TOKENS;
    SizeExpr inner = SizeExpr.of(k);
    int total = rows.stream().mapToInt(Integer::intValue).sum();
    int sources = Math.max(1, total / 2);
    Ref in = bench.addRandom("in", dtype, gathers ? SizeExpr.of(sources) : count, inner);
    Optional<Ref> index = Optional.empty();
    if (gathers) {
      index = Optional.of(bench.add("rows", DType.I32, count));
      for (int i = 0; i < total; i++) {
        bench.tensor(index.get()).setInt(i, bench.random.nextInt(sources));
      }
    }
    Ref starts = bench.add("starts", DType.I32, SizeExpr.of(rows.size() + 1));
    for (int e = 0; e <= rows.size(); e++) {
      int start = IntStream.range(0, e).map(rows::get).sum();
      bench.tensor(starts).setInt(e, start);
    }
    Ref weight = bench.addRandom("@weight", dtype, SizeExpr.of(rows.size()), SizeExpr.of(n), inner);
    SizeExpr columns = SizeExpr.of(activation.gates() ? n / 2 : n);
    Ref out = bench.addRandom("out", outType, count, columns);
    return new StepOp.GroupedLinear(in, index, starts, weight, activation, out);
  }
}
