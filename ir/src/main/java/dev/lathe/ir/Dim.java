package dev.lathe.ir;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.SizeSymbol;
import java.util.Arrays;

/// One dimension of a tensor: a number, or a size that a batch or the memory decides.
public sealed interface Dim {

  /// A size known when the model is built; at least 1.
  record Const(long value) implements Dim {
    public Const {
      if (value < 1) {
        throw new IllegalArgumentException("dimension " + value + " is less than 1");
      }
    }
  }

  /// A size of the batch: `T`, `S` or `R`.
  record Symbol(SizeSymbol symbol) implements Dim {}

  /// Tokens that the KV pool can hold, as many as the memory allows: `K`.
  record Pool() implements Dim {}

  Dim TOKENS = new Symbol(SizeSymbol.TOKENS);
  Dim LOGIT_ROWS = new Symbol(SizeSymbol.LOGIT_ROWS);
  Dim POOL = new Pool();

  static Dim of(long value) {
    return new Const(value);
  }

  /// The dimension with the given [#text()].
  ///
  /// @throws IllegalArgumentException where there is none
  static Dim parse(String text) {
    if (text.equals("K")) {
      return POOL;
    }
    return Arrays.stream(SizeSymbol.values())
        .filter(symbol -> symbol.letter().equals(text))
        .<Dim>map(Symbol::new)
        .findFirst()
        .orElseGet(() -> of(Long.parseLong(text)));
  }

  /// `4096`, `T`, `K`.
  default String text() {
    return switch (this) {
      case Const(long value) -> Long.toString(value);
      case Symbol(SizeSymbol symbol) -> symbol.letter();
      case Pool() -> "K";
    };
  }

  /// The size as the plan writes it.
  ///
  /// @throws IllegalStateException for [Pool], of which only the runtime knows the size
  default SizeExpr size() {
    return switch (this) {
      case Const(long value) -> SizeExpr.of(value);
      case Symbol(SizeSymbol symbol) -> new SizeExpr.Symbol(symbol);
      case Pool() -> throw new IllegalStateException("the size of the KV pool is the runtime's");
    };
  }
}
