package dev.lathe.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.type.DType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WeightTypesTest {
  private static final WeightExpr MATRIX = fill(DType.BF16, 6, 4);

  private static WeightExpr fill(DType dtype, long... shape) {
    return new WeightExpr.Fill(dtype, java.util.Arrays.stream(shape).boxed().toList(), 0);
  }

  private static WeightType type(WeightExpr expr) {
    return WeightTypes.infer(expr, _ -> new WeightType(DType.I8, List.of(3L)));
  }

  @Test
  void shapesFollowTheOperations() {
    assertThat(type(new WeightExpr.Transpose(MATRIX)).shape()).containsExactly(4L, 6L);
    assertThat(type(new WeightExpr.Concat(1, List.of(MATRIX, MATRIX))).shape())
        .containsExactly(6L, 8L);
    assertThat(type(new WeightExpr.Slice(MATRIX, 0, 1, 3)).shape()).containsExactly(2L, 4L);
    assertThat(type(new WeightExpr.Interleave(MATRIX, MATRIX, 3)).shape()).containsExactly(12L, 4L);
    assertThat(type(new WeightExpr.Cast(MATRIX, DType.F32)).bytes()).isEqualTo(96);
    assertThat(type(new WeightExpr.Tensor("t")).dtype()).isEqualTo(DType.I8);
  }

  static Stream<WeightExpr> illTyped() {
    return Stream.of(
        new WeightExpr.Concat(0, List.of()),
        new WeightExpr.Concat(2, List.of(MATRIX)),
        new WeightExpr.Concat(0, List.of(MATRIX, fill(DType.BF16, 6, 5))),
        new WeightExpr.Concat(0, List.of(MATRIX, fill(DType.F16, 6, 4))),
        new WeightExpr.Concat(0, List.of(MATRIX, fill(DType.BF16, 6))),
        new WeightExpr.Slice(MATRIX, 0, -1, 2),
        new WeightExpr.Slice(MATRIX, 0, 3, 2),
        new WeightExpr.Slice(MATRIX, 0, 0, 7),
        new WeightExpr.Slice(MATRIX, -1, 0, 1),
        new WeightExpr.Transpose(fill(DType.F32, 2)),
        new WeightExpr.Reshape(MATRIX, List.of(23L)),
        new WeightExpr.Interleave(MATRIX, MATRIX, 4),
        new WeightExpr.Interleave(MATRIX, MATRIX, 0),
        new WeightExpr.Interleave(MATRIX, fill(DType.BF16, 6, 3), 1),
        new WeightExpr.Cast(MATRIX, DType.I8),
        new WeightExpr.Cast(new WeightExpr.Tensor("t"), DType.F32),
        new WeightExpr.Scale(new WeightExpr.Tensor("t"), 2),
        new WeightExpr.Scale(fill(DType.F64, 2), 2),
        fill(DType.F32, -1),
        fill(DType.F32, 1L << 40, 1L << 40),
        fill(DType.F4, 2));
  }

  @ParameterizedTest
  @MethodSource("illTyped")
  void illTypedExpressionsAreBugs(WeightExpr expr) {
    assertThatThrownBy(() -> type(expr)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theTextIsShort() {
    WeightExpr qk =
        new WeightExpr.Concat(
            0, List.of(new WeightExpr.Tensor("q_proj"), new WeightExpr.Tensor("k_proj")));
    assertThat(WeightText.of(new WeightExpr.Cast(qk, DType.BF16)))
        .isEqualTo("bf16(concat(0, q_proj, k_proj))");
  }
}
