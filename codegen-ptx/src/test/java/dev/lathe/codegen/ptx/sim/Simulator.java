package dev.lathe.codegen.ptx.sim;

import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.asm.Parameter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Runs kernels on the CPU, block after block.
///
/// ```java
/// GlobalMemory memory = new GlobalMemory();
/// long in = memory.allocate(bytes);
/// new Simulator(memory).launch(kernel, 4, 1, 1, List.of(in, 100L));
/// ```
public final class Simulator {
  private final GlobalMemory memory;
  private final boolean reversed;

  public Simulator(GlobalMemory memory) {
    this(memory, false);
  }

  /// @param reversed runs warps from the last to the first: a result that depends on the order
  ///     shows
  public Simulator(GlobalMemory memory, boolean reversed) {
    this.memory = memory;
    this.reversed = reversed;
  }

  /// Runs a grid of blocks.
  ///
  /// @param arguments bits of the parameters, in order
  public void launch(Kernel kernel, int gridX, int gridY, int gridZ, List<Long> arguments) {
    Map<String, Long> byName = new HashMap<>();
    List<Parameter> parameters = kernel.parameters();
    if (parameters.size() != arguments.size()) {
      throw new IllegalStateException(kernel.name() + " takes " + parameters);
    }
    for (int i = 0; i < parameters.size(); i++) {
      byName.put(parameters.get(i).name(), arguments.get(i));
    }
    memory.beginLaunch();
    Program program = new Program(kernel.body());
    int[] grid = {gridX, gridY, gridZ};
    if (gridX % kernel.limits().cluster() != 0) {
      throw new IllegalStateException(
          gridX + " blocks in clusters of " + kernel.limits().cluster());
    }
    for (int z = 0; z < gridZ; z++) {
      for (int y = 0; y < gridY; y++) {
        for (int x = 0; x < gridX; x += kernel.limits().cluster()) {
          Cluster cluster = new Cluster(kernel);
          for (int rank = 0; rank < kernel.limits().cluster(); rank++) {
            int[] position = {x + rank, y, z};
            cluster.blocks.add(new Block(cluster, kernel, program, memory, byName, position, grid));
          }
          cluster.run(reversed);
        }
      }
    }
  }
}
