package dev.lathe.codegen.kernel;

import dev.lathe.codegen.catalog.PtxKernelCatalog.Candidate;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.StepOp.Heads;
import java.util.Arrays;
import java.util.function.Predicate;
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

  /// A test for every configuration.
  private static Stream<DynamicTest> all(AttentionCase... batches) {
    return tests(_ -> true, batches);
  }

  /// A test for every configuration in which the GPU starts a block for each item.
  private static Stream<DynamicTest> some(AttentionCase... batches) {
    return tests(candidate -> candidate.config().contains("blocks=0"), batches);
  }

  private static Stream<DynamicTest> tests(
      Predicate<Candidate> configurations, AttentionCase... batches) {
    Predicate<Candidate> wgmma = candidate -> candidate.template().equals("attention.wgmma");
    return Stream.of(batches).flatMap(batch -> batch.tests(wgmma.and(configurations)));
  }

  private static int[] counts(int... values) {
    return values;
  }

  @TestFactory
  Stream<DynamicTest> promptsAndChunksOfThem() {
    return all(
        batch(DType.BF16, new Heads(4, 1, 128), 64, counts(70, 3), counts(70, 260), 0),
        batch(DType.F16, new Heads(1, 1, 64), 16, counts(150), counts(331), 0));
  }

  @TestFactory
  Stream<DynamicTest> anyHeadSize() {
    return some(
        batch(DType.F16, new Heads(2, 2, 80), 32, counts(40, 1), counts(140, 33), 0),
        batch(DType.BF16, new Heads(8, 1, 96), 128, counts(20), counts(300), 0),
        batch(DType.F16, new Heads(3, 1, 112), 64, counts(9), counts(60), 0),
        batch(DType.BF16, new Heads(1, 1, 256), 64, counts(130, 1), counts(130, 90), 0));
  }

  @TestFactory
  Stream<DynamicTest> groupsOfHeadsThatDoNotFillTheTile() {
    return some(
        batch(DType.F16, new Heads(7, 1, 128), 16, counts(11, 1), counts(64, 33), 0),
        batch(DType.BF16, new Heads(71, 1, 16), 16, counts(9), counts(40), 0));
  }

  @TestFactory
  Stream<DynamicTest> windows() {
    return some(
        batch(DType.BF16, new Heads(2, 1, 64), 64, counts(90, 1), counts(600, 500), 200),
        batch(DType.F16, new Heads(8, 1, 64), 16, counts(30), counts(150), 7).withEqualKeys());
  }

  @TestFactory
  Stream<DynamicTest> capsSlopesAndBothDirections() {
    return some(
        batch(DType.F16, new Heads(2, 1, 128), 64, counts(20), counts(150), 90).capped(3),
        batch(DType.BF16, new Heads(3, 3, 64), 32, counts(9, 70), counts(140, 70), 0).withSlopes(),
        batch(DType.BF16, new Heads(2, 1, 32), 64, counts(5), counts(9), 0).capped(2).withSlopes(),
        batch(DType.F16, new Heads(2, 2, 64), 16, counts(40, 130, 2), counts(40, 130, 0), 0)
            .inBothDirections());
  }

  @TestFactory
  Stream<DynamicTest> manySequencesSomeEmptySomePadding() {
    int[] lengths = new int[36];
    int[] contexts = new int[36];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = i % 3;
      contexts[i] = i % 4 == 0 ? 0 : lengths[i] + i;
    }
    return all(batch(DType.BF16, new Heads(4, 1, 64), 32, lengths, contexts, 0).withEqualKeys());
  }

  /// So many sequences without tokens that no block begins with work: the first one draws it all.
  private static int[] beforeEmptyOnes(int... values) {
    return Arrays.copyOf(values, values.length + 33);
  }

  @TestFactory
  Stream<DynamicTest> blocksThatTakeOneItemAfterTheOther() {
    Heads heads = new Heads(8, 4, 16);
    int[] lengths = beforeEmptyOnes(5, 70, 1);
    int[] contexts = beforeEmptyOnes(300, 70, 140);
    return tests(
        candidate -> candidate.config().contains("blocks=132"),
        batch(DType.BF16, heads, 32, lengths, contexts, 0));
  }

  @TestFactory
  Stream<DynamicTest> warpgroupsThatDoNotSeeAllTilesOfAnItem() {
    return tests(
        candidate -> candidate.config().contains("keys=64"),
        batch(DType.BF16, new Heads(1, 1, 144), 64, counts(330, 200, 1), counts(500, 900, 77), 0),
        batch(DType.F16, new Heads(2, 2, 144), 32, counts(129, 200), counts(129, 420), 90));
  }

  @TestFactory
  Stream<DynamicTest> itemsWithRulesOfTheirOwn() {
    int[] lengths = beforeEmptyOnes(3, 20);
    int[] contexts = beforeEmptyOnes(200, 20);
    return tests(
        candidate -> candidate.config().contains("turns=false, blocks=132"),
        batch(DType.F16, new Heads(4, 4, 16), 16, lengths, contexts, 0).withSlopes(),
        batch(DType.BF16, new Heads(4, 4, 32), 16, lengths, contexts, 90).capped(3),
        batch(DType.F16, new Heads(4, 4, 16), 16, lengths, contexts, 0).inBothDirections());
  }
}
