package dev.lathe.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Launch.TensorMap;
import dev.lathe.engine.v1.Ref;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorMapCheckTest {
  private static TensorMap map(DType dtype, long columns, long stride, int box, int swizzle) {
    return new TensorMap(
        Ref.weight("w"), dtype, List.of(columns, 100L), List.of(stride), List.of(box, 8), swizzle);
  }

  @Test
  void aMapOfRowsIsLegalAndSpansThemAll() {
    TensorMap map = map(DType.BF16, 72, 144, 64, 128);
    assertThatNoException().isThrownBy(() -> TensorMapCheck.check(map, "map"));
    assertThat(map.spanBytes()).isEqualTo(99 * 144 + 72 * 2);
    assertThat(map.boxBytes()).isEqualTo(64 * 8 * 2);
  }

  @ParameterizedTest
  @CsvSource({
    "F4, 72, 144, 64, 128, elements of 4 bits",
    "I64, 72, 576, 2, 0, elements of 64 bits",
    "BF16, 0, 144, 64, 128, dimensions",
    "BF16, 72, 148, 64, 128, strides",
    "BF16, 72, 144, 264, 0, box",
    "BF16, 72, 144, 60, 0, rows of 120 bytes",
    "BF16, 72, 144, 64, 96, swizzle of 96",
    "BF16, 72, 144, 64, 64, swizzled over 64",
  })
  void whatTheDriverRefusesIsNamed(
      DType dtype, long columns, long stride, int box, int swizzle, String problem) {
    TensorMap map = map(dtype, columns, stride, box, swizzle);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorMapCheck.check(map, "map"))
        .withMessageContaining(problem);
  }

  @Test
  void listsOfDifferentLengthsAreRefused() {
    TensorMap map =
        new TensorMap(
            Ref.weight("w"), DType.BF16, List.of(64L, 4L), List.of(), List.of(64, 4), 128);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorMapCheck.check(map, "map"))
        .withMessageContaining("different lengths");
  }
}
