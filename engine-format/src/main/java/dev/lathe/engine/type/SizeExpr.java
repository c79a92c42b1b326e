package dev.lathe.engine.type;

/// An integer expression over [SizeSymbol]s: shapes of buffers and grids of kernel launches.
///
/// The text form round-trips through [SizeExprParser]: `T`, `4096`, `T*4096`, `ceil(T/64)+S`.
/// Evaluation is exact: an overflow of 64 bits is an [ArithmeticException].
public sealed interface SizeExpr {

  /// A constant, at least 0.
  record Const(long value) implements SizeExpr {
    public Const {
      if (value < 0) {
        throw new IllegalArgumentException("negative size " + value);
      }
    }
  }

  /// The value of a symbol.
  record Symbol(SizeSymbol symbol) implements SizeExpr {}

  /// `left + right`.
  record Sum(SizeExpr left, SizeExpr right) implements SizeExpr {}

  /// `left * right`.
  record Product(SizeExpr left, SizeExpr right) implements SizeExpr {}

  /// `left` divided by a positive constant, rounded up.
  record CeilDiv(SizeExpr dividend, long divisor) implements SizeExpr {
    public CeilDiv {
      if (divisor <= 0) {
        throw new IllegalArgumentException("division by " + divisor);
      }
    }
  }

  SizeExpr TOKENS = new Symbol(SizeSymbol.TOKENS);
  SizeExpr SEQUENCES = new Symbol(SizeSymbol.SEQUENCES);
  SizeExpr LOGIT_ROWS = new Symbol(SizeSymbol.LOGIT_ROWS);

  static SizeExpr of(long value) {
    return new Const(value);
  }

  default SizeExpr plus(SizeExpr other) {
    return new Sum(this, other);
  }

  default SizeExpr times(SizeExpr other) {
    return new Product(this, other);
  }

  default SizeExpr times(long factor) {
    return factor == 1 ? this : new Product(this, new Const(factor));
  }

  default SizeExpr ceilDiv(long divisor) {
    return divisor == 1 ? this : new CeilDiv(this, divisor);
  }

  /// Whether no symbol decides the value.
  default boolean isConstant() {
    return switch (this) {
      case Const _ -> true;
      case Symbol _ -> false;
      case Sum(SizeExpr left, SizeExpr right) -> left.isConstant() && right.isConstant();
      case Product(SizeExpr left, SizeExpr right) -> left.isConstant() && right.isConstant();
      case CeilDiv(SizeExpr dividend, long _) -> dividend.isConstant();
    };
  }

  /// The value for the given sizes.
  default long evaluate(Sizes sizes) {
    return switch (this) {
      case Const(long value) -> value;
      case Symbol(SizeSymbol symbol) -> sizes.value(symbol);
      case Sum(SizeExpr left, SizeExpr right) ->
          Math.addExact(left.evaluate(sizes), right.evaluate(sizes));
      case Product(SizeExpr left, SizeExpr right) ->
          Math.multiplyExact(left.evaluate(sizes), right.evaluate(sizes));
      case CeilDiv(SizeExpr dividend, long divisor) ->
          Math.ceilDiv(dividend.evaluate(sizes), divisor);
    };
  }

  /// The text form, e.g. `ceil(T/64)+S`.
  default String text() {
    return switch (this) {
      case Const(long value) -> Long.toString(value);
      case Symbol(SizeSymbol symbol) -> symbol.letter();
      case Sum(SizeExpr left, SizeExpr right) -> left.text() + "+" + factor(right);
      case Product(SizeExpr left, SizeExpr right) ->
          factor(left)
              + "*"
              + (right instanceof Product ? "(" + right.text() + ")" : factor(right));
      case CeilDiv(SizeExpr dividend, long divisor) ->
          "ceil(" + factor(dividend) + "/" + divisor + ")";
    };
  }

  private static String factor(SizeExpr expr) {
    return expr instanceof Sum ? "(" + expr.text() + ")" : expr.text();
  }
}
