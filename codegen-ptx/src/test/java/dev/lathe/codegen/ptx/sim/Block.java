package dev.lathe.codegen.ptx.sim;

import dev.lathe.codegen.ptx.asm.Kernel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One block: its warps, its shared memory and its barriers.
final class Block {
  private final Kernel kernel;
  private final Program program;
  private final Map<String, Long> arguments;
  private final int[] position;
  private final int[] grid;
  private final List<Task> tasks = new ArrayList<>();
  private final Semaphore back = new Semaphore(0);

  /// Number of the block in its grid, from 1.
  final int number;

  final Cluster cluster;

  /// Number of the block in its cluster.
  final int rank;

  final GlobalMemory global;
  final SharedMemory shared;
  final EarlyStart earlyStart;
  final RegisterPool registers;
  final Map<Integer, NamedBarrier> barriers = new HashMap<>();
  final Map<Long, PhaseBarrier> phaseBarriers = new HashMap<>();

  Block(
      Cluster cluster,
      Kernel kernel,
      Program program,
      GlobalMemory global,
      Map<String, Long> arguments,
      int[] position,
      int[] grid) {
    this.number = 1 + position[0] + grid[0] * (position[1] + grid[1] * position[2]);
    this.cluster = cluster;
    this.rank = position[0] % kernel.limits().cluster();
    this.kernel = kernel;
    this.program = program;
    this.global = global;
    this.arguments = arguments;
    this.position = position;
    this.grid = grid;
    this.earlyStart = new EarlyStart(kernel.startsEarly(), global);
    this.registers = new RegisterPool(kernel, warps());
    this.shared = new SharedMemory(kernel.sharedBytes(), clockWarps(), cluster.asyncFences);
  }

  /// Warps of the block.
  int warps() {
    return kernel.threads() / Warp.LANES;
  }

  /// Warps of the cluster, each with an entry in every clock.
  int clockWarps() {
    return warps() * kernel.limits().cluster();
  }

  /// The warps, ready to run.
  List<Task> start() {
    for (int i = 0; i < warps(); i++) {
      tasks.add(new Task(new Warp(this, i, kernel)));
    }
    return tasks;
  }

  /// Lets other warps run until the condition holds. Called by a warp.
  void await(Warp warp, String what, BooleanSupplier ready) {
    tasks.get(warp.index).suspend(what, ready);
  }

  /// Threads that have not ended.
  int liveThreads() {
    return tasks.stream().mapToInt(t -> Warp.LANES - Integer.bitCount(t.warp.exited)).sum();
  }

  long argument(String name) {
    Long value = arguments.get(name);
    if (value == null) {
      throw new IllegalStateException(kernel.name() + " has no argument " + name);
    }
    return value;
  }

  long special(String name, int thread) {
    return switch (name) {
      case "tid.x" -> thread;
      case "tid.y", "tid.z" -> 0;
      case "ctaid.x" -> position[0];
      case "ctaid.y" -> position[1];
      case "ctaid.z" -> position[2];
      case "nctaid.x" -> grid[0];
      case "nctaid.y" -> grid[1];
      case "nctaid.z" -> grid[2];
      case "ntid.x" -> kernel.threads();
      case "cluster_ctarank" -> rank;
      case "cluster_nctarank" -> kernel.limits().cluster();
      case "clusterid.x" -> position[0] / kernel.limits().cluster();
      case "nclusterid.x" -> grid[0] / kernel.limits().cluster();
      case "laneid" -> thread % Warp.LANES;
      default -> throw new IllegalStateException("the simulator has no %" + name);
    };
  }

  /// A warp on a thread of its own, of which one runs at a time.
  final class Task {
    private final Warp warp;
    private final Semaphore resume = new Semaphore(0);
    private boolean started;
    private boolean done;
    private BooleanSupplier ready = () -> true;
    private String waitsFor = "";
    private @Nullable Throwable failure;

    Task(Warp warp) {
      this.warp = warp;
    }

    boolean done() {
      return done;
    }

    boolean canProceed() {
      return !done && ready.getAsBoolean();
    }

    String waitsFor() {
      return waitsFor;
    }

    void proceed() {
      if (!started) {
        started = true;
        Thread.ofVirtual().start(this::body);
      } else {
        resume.release();
      }
      back.acquireUninterruptibly();
      if (failure != null) {
        throw new IllegalStateException(
            kernel.name() + ", warp " + warp.index + ": " + failure.getMessage(), failure);
      }
    }

    private void body() {
      try {
        program.run(warp);
        warp.checkNothingPending();
      } catch (RuntimeException e) {
        failure = e;
      } finally {
        done = true;
        warp.exited = Warp.ALL;
        back.release();
      }
    }

    void suspend(String what, BooleanSupplier condition) {
      waitsFor = "block " + number + " warp " + warp.index + " at " + what;
      ready = condition;
      back.release();
      resume.acquireUninterruptibly();
      ready = () -> true;
    }
  }

  /// `bar.sync`: threads arrive until there are enough.
  static final class NamedBarrier {
    final Clock clock;
    int arrived;
    int generation;

    NamedBarrier(int warps) {
      clock = new Clock(warps);
    }
  }
}
