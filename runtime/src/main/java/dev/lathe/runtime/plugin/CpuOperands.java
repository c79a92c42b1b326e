package dev.lathe.runtime.plugin;

import java.util.List;
import java.util.Map;

/// What one step of a custom op works on.
///
/// @param inputs in the order of the op; only to be read
/// @param outputs in the order of the op; every element is to be stored
/// @param attributes of the op, by name
public record CpuOperands(
    List<CpuMatrix> inputs, List<CpuMatrix> outputs, Map<String, String> attributes) {
  public CpuOperands {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Map.copyOf(attributes);
  }
}
