package dev.lathe.passes.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.ir.text.IrParser;
import dev.lathe.passes.plan.StepProgram.NamedStep;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LowerToStepsTest {
  private static final String LEAVES =
      """
      graph fused {
        input %token_ids : tensor<T x i32>
        input %logit_rows : tensor<R x i32>
        weight @e : tensor<9 x 16 x f32> = tensor("e")
        weight @w : tensor<16 x 16 x f32> = tensor("w")
        weight @g : tensor<16 x f32> = tensor("g")
        %0 = embedding %token_ids, @e : tensor<T x 16 x f32> at embedding
      """;

  private static List<StepOp> lower(String nodes) {
    return lower(nodes, Profile.Kind.MIXED);
  }

  private static List<StepOp> lower(String nodes, Profile.Kind kind) {
    return LowerToSteps.lower(IrParser.parse(LEAVES + nodes + "}\n"), 4, kind).steps().stream()
        .map(NamedStep::op)
        .toList();
  }

  private static <S> S only(List<StepOp> steps, Class<S> type) {
    return steps.stream()
        .flatMap(step -> type.isInstance(step) ? Stream.of(type.cast(step)) : Stream.empty())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aResidualIsWrittenOverWhereNobodyReadsItLater() {
    StepOp.Linear linear =
        only(
            lower(
                """
                %1 = activate %0 {function = silu} : tensor<T x 16 x f32> at a
                %2 = linear %1, @w {residual = %0, activation = none, result = f32}
                    : tensor<T x 16 x f32> at b
                %3 = activate %2 {function = silu} : tensor<T x 16 x f32> at c
                return %3
                """),
            StepOp.Linear.class);

    assertThat(linear.residual()).contains(linear.out());
    assertThat(linear.out().name()).isEqualTo("embedding");
  }

  private static final String GATHERED =
      """
      %1 = gather_rows %0, %logit_rows : tensor<R x 16 x f32> at a
      %2 = activate %1 {function = silu} : tensor<R x 16 x f32> at b
      return %2
      """;

  @Test
  void rowsThatAreAskedForAreGatheredUnlessTheyAreAllRows() {
    assertThat(lower(GATHERED)).anyMatch(StepOp.GatherRows.class::isInstance);

    List<StepOp> decode = lower(GATHERED, Profile.Kind.DECODE);
    assertThat(decode).noneMatch(StepOp.GatherRows.class::isInstance);
    assertThat(only(decode, StepOp.Unary.class).in().name()).isEqualTo("embedding");
  }

  @Test
  void rowsAreGatheredWhereTheOthersAreReadLater() {
    String nodes =
        """
        %1 = gather_rows %0, %logit_rows : tensor<R x 16 x f32> at a
        %2 = activate %0 {function = silu} : tensor<T x 16 x f32> at b
        %3 = gather_rows %2, %logit_rows : tensor<R x 16 x f32> at c
        %4 = add %1, %3 : tensor<R x 16 x f32> at d
        return %4
        """;
    assertThat(lower(nodes, Profile.Kind.DECODE))
        .filteredOn(StepOp.GatherRows.class::isInstance)
        .hasSize(1);
  }

  @Test
  void aResidualThatIsReadLaterIsKept() {
    StepOp.Linear linear =
        only(
            lower(
                """
                %1 = activate %0 {function = silu} : tensor<T x 16 x f32> at a
                %2 = linear %1, @w {residual = %0, activation = none, result = f32}
                    : tensor<T x 16 x f32> at b
                %3 = add %2, %0 : tensor<T x 16 x f32> at c
                return %3
                """),
            StepOp.Linear.class);

    assertThat(linear.residual()).isPresent().isNotEqualTo(Optional.of(linear.out()));
  }

  @Test
  void aResidualThatIsAlsoTheInputIsKept() {
    StepOp.Linear linear =
        only(
            lower(
                """
                %1 = linear %0, @w {residual = %0, activation = none, result = f32}
                    : tensor<T x 16 x f32> at b
                %2 = activate %1 {function = silu} : tensor<T x 16 x f32> at c
                return %2
                """),
            StepOp.Linear.class);

    assertThat(linear.in()).isNotEqualTo(linear.out());
  }

  @Test
  void aSumAndItsNormHaveBuffersOfTheirOwnUnlessTheResidualIsFree() {
    StepOp.AddRmsNorm norm =
        only(
            lower(
                """
                %1 = activate %0 {function = silu} : tensor<T x 16 x f32> at a
                %2, %3 = add_rms_norm %1, %0, @g {epsilon = 0.1}
                    : tensor<T x 16 x f32>, tensor<T x 16 x f32> at n
                %4 = add %2, %3 : tensor<T x 16 x f32> at b
                return %4
                """),
            StepOp.AddRmsNorm.class);

    assertThat(norm.sum()).isEqualTo(norm.residual());
    assertThat(norm.out().name()).isEqualTo("n");
  }

  @Test
  void aGateWithoutMergedProjectionIsTwoSteps() {
    List<StepOp> steps =
        lower("%1 = glu %0, %0 {function = silu} : tensor<T x 16 x f32> at a\nreturn %1\n");

    assertThat(steps)
        .hasExactlyElementsOfTypes(
            StepOp.Embedding.class,
            StepOp.Unary.class,
            StepOp.Binary.class,
            StepOp.AdjustLogits.class,
            StepOp.Sample.class);
  }

  @Test
  void nodesOfOneLabelGetDifferentNames() {
    String text =
        LEAVES
            + """
            %1 = activate %0 {function = silu} : tensor<T x 16 x f32> at a
            %2 = activate %1 {function = silu} : tensor<T x 16 x f32> at a
            return %2
            }
            """;

    assertThat(LowerToSteps.lower(IrParser.parse(text), 4, Profile.Kind.MIXED).steps())
        .extracting(NamedStep::name)
        .contains("a", "a.2");
  }

  @Test
  void aNodeThatIsNamedAsABatchInputGetsAnotherName() {
    String text =
        LEAVES
            + """
            %1 = activate %0 {function = gelu} : tensor<T x 16 x f32> at positions
            return %1
            }
            """;

    assertThat(LowerToSteps.lower(IrParser.parse(text), 4, Profile.Kind.MIXED).steps())
        .extracting(NamedStep::name)
        .contains("positions.2");
  }

  @Test
  void aGraphThatIsNotFusedIsABug() {
    String text = LEAVES.replace("fused", "imported") + "return %0\n}\n";

    assertThatThrownBy(() -> LowerToSteps.lower(IrParser.parse(text), 4, Profile.Kind.MIXED))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("cannot lower a graph that is IMPORTED");
  }
}
