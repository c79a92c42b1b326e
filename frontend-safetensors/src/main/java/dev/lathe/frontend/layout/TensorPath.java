package dev.lathe.frontend.layout;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The parts of a tensor's name: `model.layers.3.mlp.up_proj.weight`.
///
/// @param module with `{}` in the place of the number of the layer: `model.layers.{}.mlp.up_proj`
/// @param layer -1 in a name without a number
/// @param kind `weight` or `bias`
record TensorPath(String module, int layer, String kind) {
  static final int NO_LAYER = -1;
  private static final String NUMBER = "{}";
  private static final Pattern PARTS = Pattern.compile("(.+)\\.(weight|bias)");
  private static final Pattern LAYER = Pattern.compile("(.*?\\.)(0|[1-9]\\d{0,5})(\\..*)");

  /// The parts of a name; empty if it is neither a weight nor a bias.
  static Optional<TensorPath> of(String name) {
    Matcher parts = PARTS.matcher(name);
    if (!parts.matches()) {
      return Optional.empty();
    }
    Matcher numbered = LAYER.matcher(parts.group(1));
    return Optional.of(
        numbered.matches()
            ? new TensorPath(
                numbered.group(1) + NUMBER + numbered.group(3),
                Integer.parseInt(numbered.group(2)),
                parts.group(2))
            : new TensorPath(parts.group(1), NO_LAYER, parts.group(2)));
  }

  boolean isBias() {
    return kind.equals("bias");
  }

  /// The name that the parts make.
  String text() {
    return module.replace(NUMBER, Integer.toString(layer)) + "." + kind;
  }

  TensorPath with(String otherModule, int otherLayer) {
    return new TensorPath(otherModule, otherLayer, kind);
  }
}
