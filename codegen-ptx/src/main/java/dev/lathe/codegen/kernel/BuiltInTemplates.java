package dev.lathe.codegen.kernel;

import dev.lathe.codegen.kernel.attention.DecodeAttention;
import dev.lathe.codegen.kernel.attention.PlainAttention;
import dev.lathe.codegen.kernel.attention.TileAttention;
import dev.lathe.codegen.kernel.linear.PlainLinear;
import dev.lathe.codegen.kernel.linear.SkinnyLinear;
import dev.lathe.codegen.kernel.linear.TiledLinear;
import java.util.List;

/// The templates that there are, in the order in which equals are preferred.
final class BuiltInTemplates {
  private BuiltInTemplates() {}

  static final List<KernelTemplate<?, ?, ?>> LIST =
      List.of(
          new SkinnyLinear(),
          new TiledLinear(),
          new PlainLinear(),
          new DecodeAttention(),
          new TileAttention(),
          new PlainAttention());
}
