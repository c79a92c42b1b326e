package com.example.counting;

import dev.lathe.ir.CustomOp;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.Value;
import java.util.List;
import java.util.Map;

/// The op `example.squared_relu`: `out = x > 0 ? x * x : 0`, element by element, so that NaN gives
/// 0. Source: So et al., Primer, 2021.
final class SquaredRelu {
  static final String NAME = "example.squared_relu";

  private SquaredRelu() {}

  /// Adds the op to a model. The result has the type of `in`: a plugin declares it.
  static Value add(ModelBuilder model, String name, Value in) {
    return model
        .custom(name, new CustomOp(NAME, List.of(in), Map.of(), List.of(in.type())))
        .getFirst();
  }
}
