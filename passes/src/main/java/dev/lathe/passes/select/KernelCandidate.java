package dev.lathe.passes.select;

/// One way to carry out a step: a template under one configuration.
public interface KernelCandidate {

  /// Id of the template: `linear.skinny`.
  String template();

  /// The configuration: `warps=8, tokenTiles=1, unroll=4`; empty where there is nothing to tune.
  /// Among the candidates of one step, template and configuration occur together once.
  String config();

  /// What it is expected to take at the greatest sizes of the profile.
  double estimatedMicros();

  /// The kernels as text, and their launches.
  Lowering lower();
}
