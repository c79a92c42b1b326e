package dev.lathe.codegen.kernel;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.StepOp.Heads;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Batches with several new tokens in some sequence.
class AttentionKernelsTest {

  @TestFactory
  Stream<DynamicTest> everyConfigurationComputesSoftmaxOfTheVisibleKeys() {
    Heads grouped = new Heads(4, 2, 32);
    return Stream.of(
            new AttentionCase(
                DType.BF16, grouped, 16, new int[] {5, 1, 0, 20}, new int[] {5, 40, 0, 33}, 0),
            new AttentionCase(DType.F16, grouped, 16, new int[] {3, 18}, new int[] {50, 18}, 7),
            new AttentionCase(
                DType.F32, new Heads(3, 1, 10), 4, new int[] {6, 1}, new int[] {6, 13}, 0),
            new AttentionCase(
                DType.BF16, new Heads(4, 1, 128), 64, new int[] {70, 3}, new int[] {70, 260}, 0),
            new AttentionCase(DType.F16, new Heads(20, 1, 80), 8, new int[] {7}, new int[] {29}, 3))
        .flatMap(AttentionCase::tests);
  }

  @TestFactory
  Stream<DynamicTest> scoresMayBeCappedHaveSlopesAndSeeBothDirections() {
    Heads heads = new Heads(3, 1, 16);
    int[] lengths = {5, 0, 40};
    int[] contexts = {70, 0, 40};
    return Stream.of(DType.F32, DType.F16)
        .map(type -> new AttentionCase(type, heads, 16, lengths, contexts, 0))
        .flatMap(plain ->
            Stream.of(
                plain.capped(1.5f).window(9),
                plain.withSlopes(),
                plain.inBothDirections(),
                plain.inBothDirections().capped(1).withSlopes()))
        .flatMap(AttentionCase::tests);
  }
}
