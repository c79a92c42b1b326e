package dev.lathe.frontend.layout;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The parts of a tensor's name: `model.layers.3.mlp.up_proj.weight`.
///
/// @param module with `{}` in the place of the number of the layer: `model.layers.{}.mlp.up_proj`
/// @param layer -1 in a name without a number
/// @param kind `weight` or `bias`; empty in the name of a module that is itself a tensor
record TensorPath(String module, int layer, String kind) {
  static final int NO_LAYER = -1;
  private static final String NUMBER = "{}";
  static final String WEIGHT = "weight";
  static final String BARE = "";
  private static final Pattern PARTS = Pattern.compile("(.+?)(?:\\.(weight|bias))?");
  private static final Pattern LAYER = Pattern.compile("(.*?\\.)(0|[1-9]\\d{0,5})(\\..*)");

  /// The parts of a name; empty if it has none.
  static Optional<TensorPath> of(String name) {
    Matcher parts = PARTS.matcher(name);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String kind = parts.group(2) == null ? BARE : parts.group(2);
    Matcher numbered = LAYER.matcher(parts.group(1));
    return Optional.of(
        numbered.matches()
            ? new TensorPath(
                numbered.group(1) + NUMBER + numbered.group(3),
                Integer.parseInt(numbered.group(2)),
                kind)
            : new TensorPath(parts.group(1), NO_LAYER, kind));
  }

  boolean isBias() {
    return kind.equals("bias");
  }

  boolean isBare() {
    return kind.equals(BARE);
  }

  /// The name that the parts make.
  String text() {
    String name = module.replace(NUMBER, Integer.toString(layer));
    return isBare() ? name : name + "." + kind;
  }
}
