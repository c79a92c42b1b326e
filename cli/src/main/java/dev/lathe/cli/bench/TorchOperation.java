package dev.lathe.cli.bench;

import com.google.gson.JsonObject;
import dev.lathe.engine.type.DType;
import java.util.Map;
import java.util.TreeMap;

/// An operation that PyTorch can be asked to time, as `torch_peer.py` understands it.
///
/// @param name of the operation
/// @param sizes by the names of the script's parameters
/// @param bias for `linear`: whether there is one
record TorchOperation(String name, DType dtype, Map<String, Long> sizes, boolean bias) {
  TorchOperation {
    sizes = Map.copyOf(sizes);
  }

  /// True if PyTorch has the type.
  boolean isKnown() {
    return dtype.isFloat();
  }

  JsonObject request() {
    JsonObject request = new JsonObject();
    request.addProperty("prepare", name);
    request.addProperty("dtype", dtypeName());
    new TreeMap<>(sizes).forEach(request::addProperty);
    if (name.equals("linear")) {
      request.addProperty("bias", bias);
    }
    return request;
  }

  private String dtypeName() {
    return switch (dtype) {
      case BF16 -> "bfloat16";
      case F16 -> "float16";
      case F32 -> "float32";
      default -> throw new IllegalStateException("PyTorch is not asked for " + dtype);
    };
  }
}
