package dev.lathe.cli.build;

import picocli.CommandLine.ArgGroup;

/// Everything that can be said to `trtllm-build`, by theme.
final class BuildOptions {
  @ArgGroup(exclusive = false, validate = false, order = 1, heading = "%nModel%n")
  ModelOptions model = new ModelOptions();

  @ArgGroup(exclusive = false, validate = false, order = 2, heading = "%nLimits%n")
  LimitOptions limits = new LimitOptions();

  @ArgGroup(exclusive = false, validate = false, order = 3, heading = "%nTarget%n")
  TargetOptions target = new TargetOptions();

  @ArgGroup(exclusive = false, validate = false, order = 4, heading = "%nBuild%n")
  ArtifactOptions artifacts = new ArtifactOptions();
}
