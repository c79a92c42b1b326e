package dev.lathe.ir;

import java.util.List;

/// A tensor that a model needs and that its checkpoint does not have as it should.
///
/// @param tensor name in the checkpoint
/// @param expected shape that the model needs
/// @param found what the checkpoint has, in words
public record TensorProblem(Kind kind, String tensor, List<Long> expected, String found) {
  public TensorProblem {
    expected = List.copyOf(expected);
  }

  /// What is wrong.
  public enum Kind {
    MISSING,
    SHAPE,
    /// A type that cannot be converted by rounding alone, such as a quantized one.
    DTYPE
  }

  /// One sentence without a full stop.
  public String sentence() {
    String shape = expected.toString().replace('[', '(').replace(']', ')');
    return switch (kind) {
      case MISSING -> "tensor '" + tensor + "' " + shape + " is missing";
      case SHAPE -> "tensor '" + tensor + "' should be " + shape + " but is " + found;
      case DTYPE -> "tensor '" + tensor + "' should have a float type but is " + found;
    };
  }
}
