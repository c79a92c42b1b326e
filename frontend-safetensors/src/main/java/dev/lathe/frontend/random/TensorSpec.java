package dev.lathe.frontend.random;

import java.util.List;
import java.util.regex.Pattern;

/// A bfloat16 tensor to be generated.
///
/// @param shape outermost dimension first
record TensorSpec(String name, List<Long> shape) {
  private static final int ELEMENT_BYTES = 2;

  TensorSpec {
    shape = List.copyOf(shape);
  }

  long bytes() {
    return shape.stream().reduce((long) ELEMENT_BYTES, Math::multiplyExact);
  }

  /// Where a tensor stands, as far as its values go.
  ///
  /// With one deviation for all, the residual stream grows with each layer and amplifies every
  /// rounding of the layers before: two correct bfloat16 runs of 32 layers then differ by several
  /// percent. Hence the usual remedy of initialisation: what is added to the stream is scaled down
  /// by about the root of the count of additions (Radford et al. 2019), and the stream begins at
  /// about one.
  enum Place {
    EMBEDDING(6),
    ADDED_TO_STREAM(-4),
    ELSEWHERE(0);

    private final int exponent;

    Place(int exponent) {
      this.exponent = exponent;
    }

    /// Power of two that multiplies the values.
    int exponent() {
      return exponent;
    }
  }

  private static final Pattern EMBEDDING = Pattern.compile(".*\\.(embed_tokens|wte)\\.weight");
  private static final Pattern ADDED =
      Pattern.compile(".*\\.(o_proj|down_proj|out_proj|fc_out)\\.weight");

  Place place() {
    if (EMBEDDING.matcher(name).matches()) {
      return Place.EMBEDDING;
    }
    return ADDED.matcher(name).matches() ? Place.ADDED_TO_STREAM : Place.ELSEWHERE;
  }

  /// True for the weight of a norm, which is 1 and not random.
  boolean isGain() {
    return shape.size() == 1 && name.endsWith(".weight");
  }
}
