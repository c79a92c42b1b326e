package dev.lathe.engine.file;

import static dev.lathe.engine.file.ManifestCheck.exact;
import static dev.lathe.engine.file.ManifestCheck.require;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Operands;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.WeightEntry;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What must hold in a plan, so that a loader can lay out its buffers and launch its kernels: all
/// names resolve, all sizes are numbers, buffers lie inside the arena, grids are legal. Sizes grow
/// with those of the batch, so that what holds at the profile's limits holds below them.
///
/// It does not check that shapes of operands suit the op.
public final class PlanCheck {
  private static final long ARENA_ALIGNMENT = 256;
  private static final long MAX_GRID_X = Integer.MAX_VALUE;
  private static final long MAX_GRID_YZ = 65_535;
  private static final long MAX_UNSIGNED = 0xFFFF_FFFFL;

  private final Plan plan;
  private final Manifest manifest;
  private final Sizes max;
  private final Set<String> buffers;
  private final Set<String> weights;
  private final Set<String> kernels;

  private PlanCheck(Plan plan, Manifest manifest) {
    this.plan = plan;
    this.manifest = manifest;
    this.max = plan.profile().max();
    this.buffers = plan.buffers().stream().map(Buffer::name).collect(Collectors.toSet());
    this.weights = manifest.weights().stream().map(WeightEntry::name).collect(Collectors.toSet());
    this.kernels = manifest.kernels().stream().map(KernelEntry::name).collect(Collectors.toSet());
  }

  /// @param manifest knows the weights, the kernels and the KV cache that the plan uses
  /// @throws IllegalArgumentException for the first thing that does not hold
  public static void check(Plan plan, Manifest manifest) {
    PlanCheck check = new PlanCheck(plan, manifest);
    ManifestCheck.requireUnique("buffer", plan.buffers(), Buffer::name);
    ManifestCheck.requireUnique("step", plan.steps(), Step::name);
    require(plan.arenaBytes() >= 0, "the arena has a negative size");
    plan.buffers().forEach(check::buffer);
    plan.steps().forEach(check::step);
  }

  private void buffer(Buffer buffer) {
    String about = "buffer " + buffer.name();
    require(!buffer.name().startsWith("@"), about + " is named as a weight");
    long bytes = exact(() -> buffer.bytes(max), about);
    switch (buffer.storage()) {
      case Buffer.Storage.Arena(long offset) ->
          require(
              offset >= 0
                  && offset % ARENA_ALIGNMENT == 0
                  && offset <= plan.arenaBytes()
                  && bytes <= plan.arenaBytes() - offset,
              about + " is not inside the arena");
      case Buffer.Storage.Input(var input) ->
          require(buffer.dtype() == input.dtype(), about + " does not have the type of its input");
      case Buffer.Storage.Output _ -> {}
      case Buffer.Storage.KvCache(int layer, var _) ->
          require(
              layer >= 0
                  && layer < manifest.kvCache().layers()
                  && buffer.dtype() == manifest.kvCache().dtype(),
              about + " is no part of the KV cache");
    }
  }

  private void step(Step step) {
    String about = "step " + step.name();
    Operands.of(step.op()).forEach(ref -> resolve(ref, about));
    step.launches().forEach(launch -> launch(launch, about));
  }

  private void launch(Launch launch, String about) {
    require(kernels.contains(launch.kernel()), about + ": no kernel " + launch.kernel());
    size(launch.gridX(), MAX_GRID_X, about);
    size(launch.gridY(), MAX_GRID_YZ, about);
    size(launch.gridZ(), MAX_GRID_YZ, about);
    for (Launch.Argument argument : launch.arguments()) {
      switch (argument) {
        case Launch.Argument.Pointer(Ref ref) -> resolve(ref, about);
        case Launch.Argument.Size(SizeExpr expr) -> size(expr, MAX_UNSIGNED, about);
        case Launch.Argument.Tensor(Launch.TensorMap map) -> tensor(map, about);
        case Launch.Argument.Int _, Launch.Argument.Float _ -> {}
      }
    }
  }

  private void tensor(Launch.TensorMap map, String about) {
    resolve(map.ref(), about);
    TensorMapCheck.check(map, about + ": tensor map of " + map.ref());
    long span = exact(map::spanBytes, about);
    Optional<Long> bytes = operandBytes(map.ref(), about);
    require(
        bytes.isEmpty() || span <= bytes.get(),
        about + ": tensor map of " + map.ref() + " reaches past its end");
  }

  /// Bytes of a weight or buffer; empty for a KV cache, whose size the loader knows.
  private Optional<Long> operandBytes(Ref ref, String about) {
    if (ref.isWeight()) {
      return manifest.weights().stream()
          .filter(weight -> weight.name().equals(ref.weightName()))
          .map(WeightEntry::bytes)
          .findFirst();
    }
    Buffer buffer = plan.buffer(ref.name());
    return switch (buffer.storage()) {
      case Buffer.Storage.KvCache _ -> Optional.empty();
      case Buffer.Storage.Input _ ->
          throw new IllegalArgumentException(about + ": an input cannot have a tensor map");
      case Buffer.Storage.Arena _, Buffer.Storage.Output _ ->
          Optional.of(exact(() -> buffer.bytes(max), about));
    };
  }

  private void resolve(Ref ref, String about) {
    boolean known =
        ref.isWeight() ? weights.contains(ref.weightName()) : buffers.contains(ref.name());
    require(known, about + ": no buffer or weight " + ref);
  }

  private void size(SizeExpr expr, long limit, String about) {
    long value = exact(() -> expr.evaluate(max), about);
    require(value <= limit, about + ": size " + expr.text() + " is " + value + " at most");
  }
}
