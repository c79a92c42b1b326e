package dev.lathe.codegen.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp.Heads;
import dev.lathe.engine.v1.StepOp.RopeKvAppend;
import dev.lathe.engine.v1.StepOp.Rotary;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class RopeKernelsTest {
  private static final int POSITIONS = 12;

  /// @param rotaryDim 0: no rotation
  private record Case(
      DType dtype, Heads heads, int rotaryDim, boolean interleaved, boolean norms, Span span) {

    Case(DType dtype, Heads heads, int rotaryDim, boolean interleaved, boolean norms) {
      this(dtype, heads, rotaryDim, interleaved, norms, Span.EACH_HEAD);
    }
  }

  private enum Span {
    EACH_HEAD,
    OFFSET,
    ALL_HEADS
  }

  @TestFactory
  Stream<DynamicTest> headsAreNormalizedRotatedAndAppended() {
    return Stream.of(
            new Case(DType.F32, new Heads(2, 1, 64), 64, false, false),
            new Case(DType.BF16, new Heads(2, 1, 128), 128, false, true),
            new Case(DType.F16, new Heads(4, 2, 96), 32, false, false),
            new Case(DType.BF16, new Heads(8, 4, 128), 128, false, true),
            new Case(DType.F16, new Heads(8, 4, 64), 32, true, false, Span.ALL_HEADS),
            new Case(DType.F16, new Heads(3, 3, 20), 12, true, true),
            new Case(DType.F16, new Heads(2, 1, 256), 64, false, true),
            new Case(DType.BF16, new Heads(2, 1, 128), 64, true, false),
            new Case(DType.F32, new Heads(2, 2, 256), 64, true, false),
            new Case(DType.BF16, new Heads(2, 1, 10), 0, false, true),
            new Case(DType.F32, new Heads(5, 1, 6), 6, false, true),
            new Case(DType.BF16, new Heads(2, 1, 64), 64, false, true, Span.OFFSET),
            new Case(DType.BF16, new Heads(6, 2, 64), 64, false, true, Span.ALL_HEADS),
            new Case(DType.F16, new Heads(3, 3, 20), 12, true, true, Span.ALL_HEADS),
            new Case(DType.F32, new Heads(5, 1, 6), 0, false, true, Span.ALL_HEADS))
        .flatMap(RopeKernelsTest::tests);
  }

  private static Stream<DynamicTest> tests(Case c) {
    StepBench bench = new StepBench().sizes(5, 2, 2);
    Heads heads = c.heads;
    Ref qkv = bench.addRandom("qkv", c.dtype, SizeExpr.TOKENS, SizeExpr.of(heads.qkvColumns()));
    Ref positions = bench.add("positions", DType.I32, SizeExpr.TOKENS);
    bench.tensor(positions).ints(0, 1, 2, 7, 11);
    Ref slots = bench.add("slots", DType.I32, SizeExpr.TOKENS);
    bench.tensor(slots).ints(5, 0, -1, 11, 6);
    Ref keys = bench.addCache("keys", c.dtype, 3, heads.keyValue(), 4, heads.headDim());
    Ref values = bench.addCache("values", c.dtype, 3, heads.keyValue(), 4, heads.headDim());
    SizeExpr columns = SizeExpr.of((long) heads.query() * heads.headDim());
    Ref query = bench.addRandom("query", c.dtype, SizeExpr.TOKENS, columns);
    return bench.tests(
        c.toString(),
        new RopeKvAppend(
            qkv,
            positions,
            slots,
            norm(bench, c, "@query_norm", heads.query()),
            norm(bench, c, "@key_norm", heads.keyValue()),
            1e-6f,
            c.span == Span.OFFSET ? 1 : 0,
            rotary(bench, c),
            keys,
            values,
            heads,
            query));
  }

  private static Optional<Ref> norm(StepBench bench, Case c, String name, int heads) {
    int group = (c.span == Span.ALL_HEADS ? heads : 1) * c.heads.headDim();
    return c.norms
        ? Optional.of(bench.addRandom(name, c.dtype, SizeExpr.of(group)))
        : Optional.empty();
  }

  private static Optional<Rotary> rotary(StepBench bench, Case c) {
    if (c.rotaryDim == 0) {
      return Optional.empty();
    }
    Ref table =
        bench.addRandom("@rope", DType.F32, SizeExpr.of(POSITIONS), SizeExpr.of(c.rotaryDim));
    return Optional.of(new Rotary(table, c.rotaryDim, c.interleaved));
  }
}
