package dev.lathe.passes.tune;

import dev.lathe.engine.json.RecordCodec;
import dev.lathe.engine.json.TextType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.SizeExprParser;
import dev.lathe.engine.type.SizeSymbol;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.select.StepContext;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What a step computes, as text in which operands have types instead of names, so that the same
/// step of all layers is one problem, whether or not it writes over an operand:
///
/// ```
/// {"type":"linear","in":"bf16(N,4096)","weight":"@bf16(6144,4096)", ..} decode N<=8
/// ```
///
/// Sizes that a batch decides are bounded by those of the profile. Where there is only one such
/// size it is N, as it makes no difference whether rows are tokens or rows of logits.
public final class ProblemText {
  private final StepContext context;
  private final List<SizeSymbol> symbols;

  private ProblemText(StepContext context) {
    this.context = context;
    this.symbols =
        Arrays.stream(SizeSymbol.values())
            .filter(symbol ->
                context.operands().values().stream()
                    .flatMap(operand -> operand.shape().stream())
                    .anyMatch(size -> occurs(symbol, size)))
            .toList();
  }

  /// The text of a step's problem; equal for steps that the same kernels suit equally.
  public static String of(StepOp op, StepContext context) {
    return new ProblemText(context).text(op);
  }

  private String text(StepOp op) {
    RecordCodec codec =
        new RecordCodec(
            List.of(
                new TextType<>(SizeExpr.class, SizeExpr::text, SizeExprParser::parse),
                new TextType<>(Ref.class, this::operand, Ref::new)));
    StringBuilder text = new StringBuilder(codec.printLine((Record) op));
    text.append(' ').append(context.profile().kind().name().toLowerCase(Locale.ROOT));
    for (SizeSymbol symbol : symbols) {
      long bound = context.profile().max().value(symbol);
      text.append(' ').append(letter(symbol)).append("<=").append(bound);
    }
    return text.toString();
  }

  private String operand(Ref ref) {
    StepContext.Operand type = context.operand(ref);
    String shape = type.shape().stream().map(this::size).collect(Collectors.joining(","));
    String weight = ref.isWeight() ? "@" : "";
    return weight + type.dtype().text() + "(" + shape + ")";
  }

  private String size(SizeExpr size) {
    String text = size.text();
    for (SizeSymbol symbol : symbols) {
      text = text.replace(symbol.letter(), letter(symbol));
    }
    return text;
  }

  private String letter(SizeSymbol symbol) {
    return symbols.size() == 1 ? "N" : symbol.letter();
  }

  private static boolean occurs(SizeSymbol symbol, SizeExpr size) {
    return switch (size) {
      case SizeExpr.Const _ -> false;
      case SizeExpr.Symbol(SizeSymbol used) -> used == symbol;
      case SizeExpr.Sum(SizeExpr left, SizeExpr right) ->
          occurs(symbol, left) || occurs(symbol, right);
      case SizeExpr.Product(SizeExpr left, SizeExpr right) ->
          occurs(symbol, left) || occurs(symbol, right);
      case SizeExpr.CeilDiv(SizeExpr dividend, long _) -> occurs(symbol, dividend);
    };
  }
}
