package dev.lathe.codegen.kernel;

import dev.lathe.engine.v1.Launch;
import dev.lathe.passes.select.Lowering.Workspace;
import java.util.List;

/// How a step starts its kernels.
///
/// @param workspace buffers for this step alone; names begin with the step's name
public record Launches(List<Launch> launches, List<Workspace> workspace) {
  public Launches {
    launches = List.copyOf(launches);
    workspace = List.copyOf(workspace);
  }

  public static Launches of(Launch... launches) {
    return new Launches(List.of(launches), List.of());
  }
}
