package dev.lathe.runtime.plugin;

/// What a custom op computes, in plain Java: how the CPU runs it, and what its kernel is compared
/// with.
///
/// Arithmetic is float32. The result of a row should depend neither on the other rows of the batch
/// nor on how it was cut. Implementations have a public constructor without parameters and no
/// state; one object is used by many threads.
public interface CpuOperation {

  /// Name of the op, with the plugin's prefix: `acme.gelu`.
  String name();

  /// Runs one step.
  void run(CpuOperands operands);
}
