package dev.lathe.engine.v1;

/// Names an operand of a step: a buffer of the plan (`qkv`), or a weight of the engine
/// (`@layers.0.q`).
public record Ref(String name) {

  public static Ref weight(String name) {
    return new Ref("@" + name);
  }

  public static Ref buffer(String name) {
    return new Ref(name);
  }

  public boolean isWeight() {
    return name.startsWith("@");
  }

  /// The name of the weight in the manifest, without the `@`.
  public String weightName() {
    if (!isWeight()) {
      throw new IllegalStateException(name + " is no weight");
    }
    return name.substring(1);
  }

  @Override
  public String toString() {
    return name;
  }
}
