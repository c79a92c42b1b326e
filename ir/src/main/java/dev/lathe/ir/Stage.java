package dev.lathe.ir;

/// How far a graph has come. Each stage allows what the next one forbids.
public enum Stage {
  /// As the importer built it: ops as the model's definition names them.
  IMPORTED,
  /// No dead and no equal values; logits are computed for the asked rows only.
  CANONICAL,
  /// Every node is a step that a device can run.
  FUSED
}
