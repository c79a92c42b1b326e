package dev.lathe.engine.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SizeExprParserTest {

  @ParameterizedTest
  @ValueSource(strings = {"T", "4096", "T*4096", "ceil(T/64)+S", "(T+S)*R", "ceil((T+1)/2)*3"})
  void textFormsComeBack(String text) {
    assertThat(SizeExprParser.parse(text).text()).isEqualTo(text);
  }

  @Test
  void everyExpressionComesBackEqual() {
    for (int seed = 0; seed < 500; seed++) {
      SizeExpr expr = expr(new Random(seed), 5);
      assertThat(SizeExprParser.parse(expr.text())).as("seed %d", seed).isEqualTo(expr);
    }
  }

  private static SizeExpr expr(Random random, int depth) {
    return switch (depth == 0 ? random.nextInt(2) : random.nextInt(5)) {
      case 0 -> SizeExpr.of(random.nextInt(5000));
      case 1 -> new SizeExpr.Symbol(SizeSymbol.values()[random.nextInt(3)]);
      case 2 -> new SizeExpr.Sum(expr(random, depth - 1), expr(random, depth - 1));
      case 3 -> new SizeExpr.Product(expr(random, depth - 1), expr(random, depth - 1));
      default -> new SizeExpr.CeilDiv(expr(random, depth - 1), 1 + random.nextInt(100));
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " T",
        "T ",
        "T+",
        "+T",
        "-1",
        "T*",
        "(T",
        "T)",
        "X",
        "ceil(T)",
        "ceil(T/0)",
        "ceil(T/S)",
        "ceil(T/2",
        "T/2",
        "99999999999999999999",
        "TT",
        "1T"
      })
  void otherTextIsRefused(String text) {
    assertThatThrownBy(() -> SizeExprParser.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nestingIsBounded() {
    assertThatThrownBy(() -> SizeExprParser.parse("(".repeat(1_000_000)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
