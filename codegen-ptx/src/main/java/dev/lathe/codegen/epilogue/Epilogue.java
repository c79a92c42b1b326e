package dev.lathe.codegen.epilogue;

import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.v1.StepOp.BinaryKind;
import dev.lathe.engine.v1.StepOp.UnaryKind;
import java.util.stream.Stream;

/// An expression over the sums of a product `in (T, K) * weight (N, K)^T`. A sum belongs to a token
/// and to a row of the weight; a result to a token and a column.
public sealed interface Epilogue {

  /// The sum, float32.
  record Acc() implements Epilogue {}

  /// `name[row]`: one value a weight row. A bias.
  record RowVec(String name, FloatFormat format) implements Epilogue {}

  /// `name[token, column]`: shaped like the result. A residual; may be the result's own buffer.
  record Tile(String name, FloatFormat format) implements Epilogue {}

  /// `f(value)`.
  ///
  /// @param parameter of the function; 0 if it has none
  record Unary(UnaryKind kind, float parameter, Epilogue value) implements Epilogue {

    /// A function without a parameter.
    public Unary(UnaryKind kind, Epilogue value) {
      this(kind, 0, value);
    }
  }

  /// `f(left, right)`.
  record Binary(BinaryKind kind, Epilogue left, Epilogue right) implements Epilogue {}

  /// `f(value at a gate's row) * value at its up's row`: rows alternate in blocks of 8, gates
  /// first. Columns are half as many as rows.
  record GluInterleaved(UnaryKind kind, Epilogue value) implements Epilogue {}

  /// The value rounded to a format.
  record Cast(FloatFormat format, Epilogue value) implements Epilogue {}

  /// `name[token, column] = value`, rounded: the root.
  record Store(String name, FloatFormat format, Epilogue value) implements Epilogue {}

  /// Operands, from left to right.
  default Stream<Epilogue> children() {
    return switch (this) {
      case Acc _, RowVec _, Tile _ -> Stream.of();
      case Unary(_, _, Epilogue value) -> Stream.of(value);
      case Binary(_, Epilogue left, Epilogue right) -> Stream.of(left, right);
      case GluInterleaved(_, Epilogue value) -> Stream.of(value);
      case Cast(_, Epilogue value) -> Stream.of(value);
      case Store(_, _, Epilogue value) -> Stream.of(value);
    };
  }

  /// This node and all below it, operands before what uses them.
  default Stream<Epilogue> nodes() {
    return Stream.concat(children().flatMap(Epilogue::nodes), Stream.of(this));
  }

  /// True if a result is made of two sums, gate and up.
  default boolean gated() {
    return nodes().anyMatch(GluInterleaved.class::isInstance);
  }
}
