package dev.lathe.runtime.cpu;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.device.Batch;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The buffers that all plans of an engine share: batch inputs, outputs, the KV cache, and the
/// slots of the activations.
final class CpuBuffers {
  private final Manifest manifest;
  private final int kvBlocks;
  private final Map<BatchInput, HostTensor> inputs = new EnumMap<>(BatchInput.class);
  private final Map<Buffer.Storage.KvCache, KvTensor> caches = new HashMap<>();
  private final FloatTensor logits;
  private final IntTensor tokens = new IntTensor(0, 1, new int[0]);
  private final List<float[]> slots = new ArrayList<>();

  CpuBuffers(Manifest manifest, int kvBlocks) {
    this.manifest = manifest;
    this.kvBlocks = kvBlocks;
    this.logits = new FloatTensor(DType.F32, 0, manifest.model().outputColumns());
    for (BatchInput input : BatchInput.values()) {
      inputs.put(input, empty(input.dtype()));
    }
  }

  private static HostTensor empty(DType dtype) {
    if (dtype == DType.I32) {
      return new IntTensor(0, 1, new int[0]);
    }
    return dtype == DType.I64 ? new LongTensor() : new FloatTensor(dtype, 0, 1);
  }

  /// The tensor of a buffer that is not in the arena.
  Optional<HostTensor> shared(Buffer buffer) {
    return switch (buffer.storage()) {
      case Buffer.Storage.Arena _ -> Optional.empty();
      case Buffer.Storage.Input(BatchInput input) -> Optional.ofNullable(inputs.get(input));
      case Buffer.Storage.Output(Buffer.OutputKind kind) ->
          Optional.of(
              switch (kind) {
                case LOGITS -> logits;
                case TOKENS -> tokens;
              });
      case Buffer.Storage.KvCache cache ->
          Optional.of(caches.computeIfAbsent(cache, key -> newCache(key, buffer.dtype())));
    };
  }

  private KvTensor newCache(Buffer.Storage.KvCache cache, DType dtype) {
    Manifest.KvCache shape = manifest.kvCache();
    return new KvTensor(
        cache.part(), dtype, kvBlocks, shape.heads(), shape.tokensPerBlock(), shape.headDim());
  }

  /// Points the inputs at the arrays of a batch, and makes room for its outputs.
  void bind(Batch batch) {
    int maxBlocks = manifest.kvCache().maxBlocksPerSequence(manifest.limits());
    inputs.forEach((input, tensor) -> bind(batch, input, tensor, maxBlocks));
    Sizes sizes = batch.sizes();
    int rows = Math.toIntExact(sizes.logitRows());
    int columns = logits.columns();
    logits.bind(grown(logits.data(), Math.multiplyExact(rows, columns)), rows, columns);
    tokens.bind(tokens.data().length < rows ? new int[rows] : tokens.data(), rows, 1);
  }

  private static void bind(Batch batch, BatchInput input, HostTensor tensor, int maxBlocks) {
    int count = batch.count(input, maxBlocks);
    int columns = input == BatchInput.BLOCK_TABLES ? maxBlocks : 1;
    switch (tensor) {
      case IntTensor ints -> ints.bind(batch.ints(input, count), count / columns, columns);
      case FloatTensor floats -> floats.bind(batch.floats(input, count), count, 1);
      case LongTensor longs -> longs.bind(batch.longs(input, count), count);
      case KvTensor _, MappedMatrix _, PackedMatrix _ ->
          throw new IllegalStateException(input + " is no vector");
    }
  }

  /// Makes a slot hold at least so many elements. What it held is lost.
  void reserve(int slot, int elements) {
    while (slots.size() <= slot) {
      slots.add(new float[0]);
    }
    slots.set(slot, grown(slots.get(slot), elements));
  }

  float[] slot(int slot) {
    return slots.get(slot);
  }

  private static float[] grown(float[] array, int elements) {
    return array.length < elements ? new float[elements] : array;
  }

  FloatTensor logits() {
    return logits;
  }

  IntTensor tokens() {
    return tokens;
  }
}
