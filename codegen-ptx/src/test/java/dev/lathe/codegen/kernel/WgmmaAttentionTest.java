package dev.lathe.codegen.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.StepOp.Heads;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Hopper's attention for ragged batches in the simulator.
class WgmmaAttentionTest {
  private static AttentionCase batch(
      DType dtype, Heads heads, int tokensPerBlock, int[] lengths, int[] contexts, int window) {
    return new AttentionCase(
        "sm_90a", dtype, heads, tokensPerBlock, lengths, contexts, window, false);
  }

  private static Stream<DynamicTest> tests(AttentionCase batch) {
    return batch.tests(candidate -> candidate.template().equals("attention.wgmma"));
  }

  private static int[] counts(int... values) {
    return values;
  }

  @TestFactory
  Stream<DynamicTest> prompts() {
    return Stream.of(
            batch(DType.BF16, new Heads(4, 1, 128), 64, counts(70, 3), counts(70, 260), 0),
            batch(DType.F16, new Heads(2, 2, 64), 16, counts(150), counts(331), 0))
        .flatMap(WgmmaAttentionTest::tests);
  }
}
