package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Step;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The launches of one plan, and the graphs that were recorded of them, one a bucket.
final class PlanRunner implements Handle {
  private final Plan plan;
  private final List<PreparedLaunch> launches = new ArrayList<>();
  private final Buckets buckets;
  private final @Nullable CudaGraph[] graphs;

  /// @param arena holds the arguments of the launches
  PlanRunner(Plan plan, Kernels kernels, EngineMemory memory, Arena arena) {
    this.plan = plan;
    int sharedPercent =
        LaunchMode.sharedPercent(plan, name -> kernels.function(name).sharedBytes());
    for (Step step : plan.steps()) {
      for (Launch launch : step.launches()) {
        // Before the first launch there are copies of inputs, which only a plain launch waits for.
        boolean early = !launches.isEmpty() && kernels.startsEarly(launch.kernel());
        LaunchMode mode = new LaunchMode(early, sharedPercent);
        launches.add(
            new PreparedLaunch(
                step.op().getClass().getSimpleName(),
                launch,
                kernels.function(launch.kernel()),
                mode,
                arena,
                ref -> memory.place(plan, ref)));
      }
    }
    Sizes max = plan.profile().max();
    long most = Math.min(max.sequences(), Math.min(max.tokens(), max.logitRows()));
    this.buckets = Buckets.upTo(most);
    this.graphs = new CudaGraph[buckets.count()];
  }

  Plan plan() {
    return plan;
  }

  List<PreparedLaunch> launches() {
    return launches;
  }

  /// Number of the bucket of a decode batch.
  int bucket(Sizes sizes) {
    return buckets.indexFor(sizes.sequences());
  }

  /// Sizes of a bucket.
  Sizes bucketSizes(int bucket) {
    return buckets.sizes(bucket);
  }

  /// Runs a bucket whose inputs were sent. The first time it launches each kernel, which also loads
  /// what the driver loads late, and then records the graph that all later times replay.
  void runBucket(int bucket, InputBlock inputs, CudaStream stream) {
    CudaGraph graph = graphs[bucket];
    if (graph != null) {
      graph.launch(stream);
      return;
    }
    Sizes sizes = buckets.sizes(bucket);
    run(sizes, inputs, stream);
    CudaGraph recorded = stream.capture(() -> run(sizes, inputs, stream));
    graphs[bucket] = recorded;
    recorded.upload(stream);
  }

  /// Launches each kernel.
  void run(Sizes sizes, InputBlock inputs, CudaStream stream) {
    for (int i = 0; i < launches.size(); i++) {
      launches.get(i).launch(stream, sizes, inputs);
    }
  }

  /// Launches each kernel and waits for it, so that a failure names the kernel.
  void runBlocking(Sizes sizes, InputBlock inputs, CudaStream stream) {
    for (PreparedLaunch launch : launches) {
      launch.launchAlone(stream, sizes, inputs);
      stream.synchronize(launch.label());
    }
  }

  /// Drops the recordings: addresses in them have changed.
  void dropGraphs() {
    for (int i = 0; i < graphs.length; i++) {
      CudaGraph graph = graphs[i];
      if (graph != null) {
        graph.close();
        graphs[i] = null;
      }
    }
  }

  @Override
  public void close() {
    dropGraphs();
  }
}
