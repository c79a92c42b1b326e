package dev.lathe.passes.select;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Launch;
import java.util.List;

/// How the GPU carries out one step.
///
/// @param kernels kernels that the launches name; one name always stands for one text, so equal
///     kernels of many steps are stored once
/// @param launches in order
/// @param workspace buffers that live for this step alone; launches name them with
///     `Ref.buffer(name)`; names begin with the step's name
public record Lowering(
    List<KernelSource> kernels, List<Launch> launches, List<Workspace> workspace) {
  public Lowering {
    kernels = List.copyOf(kernels);
    launches = List.copyOf(launches);
    workspace = List.copyOf(workspace);
  }

  /// A kernel and its PTX text.
  public record KernelSource(KernelEntry entry, String ptx) {}

  /// A buffer in the arena for one step.
  public record Workspace(String name, DType dtype, List<SizeExpr> shape) {
    public Workspace {
      shape = List.copyOf(shape);
    }
  }
}
