package dev.lathe.codegen.kernel;

import static dev.lathe.codegen.kernel.AttentionCase.decode;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.StepOp.Heads;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Batches with one new token in each sequence.
class DecodeAttentionKernelsTest {

  @TestFactory
  Stream<DynamicTest> everyConfigurationComputesSoftmaxOfTheVisibleKeys() {
    String hopper = "sm_90a";
    return Stream.of(
            decode(hopper, DType.BF16, new Heads(4, 1, 128), 64, 300, 64, 0),
            decode(hopper, DType.BF16, new Heads(20, 1, 80), 16, 29, 150).window(100),
            decode(hopper, DType.F16, new Heads(2, 2, 256), 32, 129, 1),
            decode(hopper, DType.BF16, new Heads(4, 2, 32), 16, 1, 70, 17),
            decode(hopper, DType.F16, new Heads(7, 1, 64), 128, 90, 3, 128).window(20),
            decode(hopper, DType.BF16, new Heads(8, 1, 96), 64, 48, 47, 49).withEqualKeys(),
            decode(hopper, DType.BF16, new Heads(4, 1, 64), 32, 700, 1).withEqualKeys(),
            decode(hopper, DType.F16, new Heads(3, 1, 64), 64, 130, 7).capped(2).withSlopes(),
            decode(hopper, DType.BF16, new Heads(12, 1, 48), 16, 65).window(40).withSlopes(),
            decode(hopper, DType.F16, new Heads(2, 1, 128), 16, 333).window(250).withEqualKeys())
        .flatMap(AttentionCase::tests);
  }

  @TestFactory
  Stream<DynamicTest> withoutClustersASecondKernelMergesTheSplits() {
    return Stream.of(
            decode("sm_80", DType.BF16, new Heads(4, 1, 128), 64, 300, 64, 0),
            decode("sm_80", DType.F16, new Heads(20, 1, 80), 16, 29, 150).window(100),
            decode("sm_89", DType.BF16, new Heads(4, 1, 64), 32, 700, 1).withEqualKeys())
        .flatMap(AttentionCase::tests);
  }

  @TestFactory
  Stream<DynamicTest> formatsAndPagesThatTensorCoresDoNotTakeHaveAKernel() {
    return Stream.of(
            decode("sm_80", DType.F32, new Heads(4, 2, 32), 8, 9, 30),
            decode("sm_80", DType.BF16, new Heads(20, 1, 80), 8, 29, 150).window(100),
            decode("sm_90a", DType.F16, new Heads(3, 1, 22), 4, 9, 30))
        .flatMap(AttentionCase::tests);
  }
}
