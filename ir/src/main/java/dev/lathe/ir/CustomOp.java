package dev.lathe.ir;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// An op of a plugin. Its meaning and its types are the plugin's; rules leave it alone.
///
/// C1: results are matrices of a float type.
///
/// @param name of the op, with the plugin's prefix: `acme.gelu`
/// @param attributes printed in the order of their keys
/// @param types of the results, at least one
public record CustomOp(
    String name, List<Value> inputs, Map<String, String> attributes, List<TensorType> types)
    implements Op {
  public CustomOp {
    inputs = List.copyOf(inputs);
    attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
    types = List.copyOf(types);
    if (types.isEmpty()) {
      throw new IllegalArgumentException("custom op '" + name + "' has no result");
    }
  }
}
