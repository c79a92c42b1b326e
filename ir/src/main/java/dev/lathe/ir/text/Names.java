package dev.lathe.ir.text;

import java.util.Locale;

/// Java names as the text form writes them.
final class Names {
  private Names() {}

  /// `headDim` and `HeadDim` become `head_dim`.
  static String snake(String camel) {
    return camel.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }
}
