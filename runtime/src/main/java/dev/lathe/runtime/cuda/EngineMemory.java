package dev.lathe.runtime.cuda;

import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Buffer.OutputKind;
import dev.lathe.engine.v1.Buffer.Storage;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import dev.lathe.runtime.device.DeviceLimits;
import dev.lathe.runtime.device.EngineImage;
import java.util.List;
import java.util.function.ToLongFunction;

/// All that an engine's launches read and write, but the batch's inputs: weights, arena, outputs
/// and KV pool.
final class EngineMemory implements Handle {
  private final HandleStack handles = new HandleStack();
  private final WeightMemory weights;
  private final DeviceBuffer arena;
  private final DeviceBuffer logits;
  private final DeviceBuffer tokens;
  private final KvPool kvPool;

  /// Where a launch finds an operand.
  sealed interface Place {

    /// At the same device address for all batches.
    record Fixed(long address) implements Place {}

    /// In the [InputBlock].
    record Input(BatchInput input) implements Place {}
  }

  private EngineMemory(
      CudaContext context, CudaStream stream, EngineImage image, DeviceLimits limits) {
    try {
      List<Plan> plans = image.plans();
      this.weights = handles.add(WeightMemory.upload(context, image));
      this.arena = handles.add(context.allocate(most(plans, Plan::arenaBytes), "activations"));
      this.logits = handles.add(output(context, plans, OutputKind.LOGITS));
      this.tokens = handles.add(output(context, plans, OutputKind.TOKENS));
      stream.clear(arena);
      stream.clear(logits);
      this.kvPool =
          handles.add(KvPool.allocate(context, stream, image.manifest().kvCache(), limits));
    } catch (RuntimeException exception) {
      handles.close();
      throw exception;
    }
  }

  /// Uploads the weights and reserves the rest; the KV pool takes its part of what is then left.
  static EngineMemory allocate(
      CudaContext context, CudaStream stream, EngineImage image, DeviceLimits limits) {
    return new EngineMemory(context, stream, image, limits);
  }

  private static DeviceBuffer output(CudaContext context, List<Plan> plans, OutputKind kind) {
    long bytes = most(plans, plan -> outputBytes(plan, kind));
    return context.allocate(bytes, kind == OutputKind.LOGITS ? "logits" : "sampled tokens");
  }

  private static long outputBytes(Plan plan, OutputKind kind) {
    return plan.buffers().stream()
        .filter(buffer -> buffer.storage().equals(new Storage.Output(kind)))
        .mapToLong(buffer -> buffer.bytes(plan.profile().max()))
        .max()
        .orElse(0);
  }

  private static long most(List<Plan> plans, ToLongFunction<Plan> bytes) {
    return plans.stream().mapToLong(bytes).max().orElse(0);
  }

  /// Where an operand of the plan lies.
  Place place(Plan plan, Ref ref) {
    if (ref.isWeight()) {
      return new Place.Fixed(weights.address(ref.weightName()));
    }
    Buffer buffer = plan.buffer(ref.name());
    return switch (buffer.storage()) {
      case Storage.Arena(long offset) -> new Place.Fixed(arena.address() + offset);
      case Storage.Input(BatchInput input) -> new Place.Input(input);
      case Storage.Output(OutputKind kind) -> new Place.Fixed(output(kind).address());
      case Storage.KvCache(int layer, Buffer.KvPart part) ->
          new Place.Fixed(kvPool.address(layer, part));
    };
  }

  /// The buffer of an output; of 0 bytes if no plan has it.
  DeviceBuffer output(OutputKind kind) {
    return switch (kind) {
      case LOGITS -> logits;
      case TOKENS -> tokens;
    };
  }

  int kvBlocks() {
    return kvPool.blocks();
  }

  @Override
  public void close() {
    handles.close();
  }
}
