package dev.lathe.ir.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.ir.Graph;
import dev.lathe.ir.RandomGraph;
import dev.lathe.ir.RandomWeightExpr;
import dev.lathe.ir.TinyLlama;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IrTextTest {
  private static final String SMALL =
      """
      graph imported {
        input %token_ids : tensor<T x i32>
        weight @e : tensor<10 x 16 x bf16> = cast(tensor("e"), bf16)
        weight @w : tensor<32 x 16 x bf16> = concat(0, [tensor("a"), tensor("b")])
        weight @b : tensor<32 x bf16> = fill(bf16, [32], 0.0)
        %0 = embedding %token_ids, @e : tensor<T x 16 x bf16> at embedding
        %1 = linear %0, @w {bias = @b, activation = none, result = f16} : tensor<T x 32 x f16> at u
        return %1
      }
      """;

  @Test
  void aGraphPrintsAsItWasWritten() {
    assertThat(IrPrinter.print(IrParser.parse(SMALL))).isEqualTo(SMALL);
  }

  @Test
  void aModelRoundTrips() {
    String text = IrPrinter.print(TinyLlama.graph(2));

    assertThat(IrPrinter.print(IrParser.parse(text))).isEqualTo(text);
  }

  @Test
  void randomGraphsRoundTrip() {
    for (int seed = 0; seed < 200; seed++) {
      Graph graph = RandomGraph.of(new Random(seed), 30);
      String text = IrPrinter.print(graph);
      Graph parsed = IrParser.parse(text);
      assertThat(IrPrinter.print(parsed)).as("seed %d", seed).isEqualTo(text);
      assertThat(parsed.weights()).as("seed %d", seed).isEqualTo(graph.weights());
    }
  }

  @Test
  void randomWeightExpressionsRoundTrip() {
    for (int seed = 0; seed < 500; seed++) {
      WeightExpr expr = RandomWeightExpr.of(new Random(seed), 4, 4);
      String text = LiteralPrinter.print(expr);
      assertThat(LiteralParser.parse(text, WeightExpr.class)).as(text).isEqualTo(expr);
    }
  }

  @Test
  void aWeightExpressionReadsAsItsParts() {
    WeightExpr source =
        new WeightExpr.Slice(
            new WeightExpr.Cast(new WeightExpr.Tensor("w"), DType.BF16), 0, 0, 1L << 33);
    WeightExpr table = new WeightExpr.RotaryTable(8, List.of(1.0, 0.01), 1);

    assertThat(LiteralPrinter.print(source))
        .isEqualTo("slice(cast(tensor(\"w\"), bf16), 0, 0, 8589934592)");
    assertThat(LiteralPrinter.print(table)).isEqualTo("rotary_table(8, [1.0, 0.01], 1.0)");
  }

  @Test
  void commentsAreSkipped() {
    String commented = SMALL.replace("  return", "  // the end: %9 = nothing\n  return");

    assertThat(IrPrinter.print(IrParser.parse(commented))).isEqualTo(SMALL);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "= linear            | = lineal                | line 7: unknown op 'lineal'",
        "%0, @w              | %5, @w                  | line 7: %5 is not defined",
        "activation = none,  | ` `                     | line 7: attribute 'activation' is missing",
        "activation = none   | activation = tanh       | line 7: unknown Activation 'tanh'",
        "activation = none   | colour = red            | line 7: linear has no attribute 'colour'",
        "%0, @w              | %0, @e          | line 7: linear C3: bias is tensor<32 x" + " bf16>",
        "%1 = linear         | %0 = linear             | line 7: %0 is defined twice",
        "tensor<T x 32       | tensor<T x 33           | line 7: linear has results",
        "cast(               | recast(                 | line 3: unknown weight_expr 'recast'",
        "fill(bf16,          | fill(bf61,              | line 5: unknown dtype 'bf61'",
        "tensor<10           | tensor<ten              | line 3:",
        "return %1           | return                  | line 9: expected '%'",
        "tensor(`\"e\"`)     | tensor(e)               | line 3: expected a quoted text",
        "weight @b           | weight @w               | line 5: @w is already declared",
      })
  void aBrokenTextIsRefusedWithItsLine(String from, String to, String message) {
    assertThat(SMALL).contains(from.replace("`", ""));

    assertThatThrownBy(() -> IrParser.parse(SMALL.replace(from.replace("`", ""), to)))
        .isInstanceOf(IrSyntaxException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void anUnknownStageIsRefused() {
    assertThatThrownBy(() -> IrParser.parse(SMALL.replace("imported", "exported")))
        .hasMessage("line 1: unknown Stage 'exported'");
  }

  @Test
  void textAfterTheGraphIsRefused() {
    assertThatThrownBy(() -> IrParser.parse(SMALL + "}"))
        .hasMessage("line 10: expected the end of the text");
  }
}
