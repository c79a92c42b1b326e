package dev.lathe.passes.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepContextTest {
  private static Operand operand(SizeExpr... shape) {
    return new Operand(DType.BF16, List.of(shape));
  }

  @Test
  void aMatrixHasRowsAndAWidth() {
    Operand matrix = operand(SizeExpr.TOKENS, SizeExpr.of(4096));

    assertThat(matrix.rows()).isEqualTo(SizeExpr.TOKENS);
    assertThat(matrix.width()).isEqualTo(4096);
  }

  @Test
  void aVectorIsOneRow() {
    Operand vector = operand(SizeExpr.of(7));

    assertThat(vector.rows()).isEqualTo(SizeExpr.of(1));
    assertThat(vector.width()).isEqualTo(7);
  }

  @Test
  void rowsOfAnOperandWithManyDimensionsAreCountedOverAllButTheLast() {
    Operand operand = operand(SizeExpr.of(2), SizeExpr.TOKENS, SizeExpr.of(5));

    assertThat(operand.rows().text()).isEqualTo("2*T");
  }

  @Test
  void aDimensionOfConstantsIsComputed() {
    Operand operand =
        operand(SizeExpr.of(100).plus(SizeExpr.of(1)).ceilDiv(2).times(3), SizeExpr.TOKENS);

    assertThat(operand.dimension(0)).isEqualTo(153);
  }

  @Test
  void aDimensionThatTheBatchDecidesIsNoConstant() {
    Operand operand = operand(SizeExpr.of(8), SizeExpr.LOGIT_ROWS.plus(SizeExpr.of(1)));

    assertThatThrownBy(operand::width)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("R+1 depends on the batch");
  }
}
