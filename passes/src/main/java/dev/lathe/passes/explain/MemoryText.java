package dev.lathe.passes.explain;

import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.passes.plan.CompiledModel;
import java.util.Locale;

/// What a model needs of a device's memory, before anything is built.
public final class MemoryText {
  private MemoryText() {}

  /// A few lines: weights, KV cache a token and at the limits, activations and outputs a profile.
  public static String of(CompiledModel model) {
    Manifest.KvCache cache = model.kvCache();
    Manifest.Limits limits = model.limits();
    long tokenBytes = cache.blockBytes() / cache.tokensPerBlock();
    long sequenceBytes = cache.maxBlocksPerSequence(limits) * cache.blockBytes();
    Columns lines = new Columns("memory", "size", "of");
    lines.row(
        "weights",
        Bytes.text(model.weightBytes()),
        String.format(
            Locale.ROOT, "%d weights, %,d parameters", model.weights().size(), model.parameters()));
    lines.row(
        "KV cache",
        Bytes.text(tokenBytes),
        "each token: %d layers, %d heads of %d, %s"
            .formatted(cache.layers(), cache.heads(), cache.headDim(), cache.dtype().text()));
    lines.row(
        "",
        Bytes.text(sequenceBytes),
        "each sequence of %d tokens".formatted(limits.maxSequenceLength()));
    lines.row(
        "",
        Bytes.text(Math.multiplyExact(sequenceBytes, (long) limits.maxBatchSize())),
        "%d such sequences".formatted(limits.maxBatchSize()));
    for (Plan plan : model.plans()) {
      lines.row("activations", Bytes.text(plan.arenaBytes()), "plan " + text(plan));
    }
    Plan largest = model.plans().getLast();
    lines.row(
        "logits",
        Bytes.text(outputBytes(largest)),
        "%d rows, float32".formatted(largest.profile().max().logitRows()));
    return lines.text();
  }

  private static String text(Plan plan) {
    return "%s: up to %d tokens of %d sequences"
        .formatted(
            plan.profile().name(), plan.profile().max().tokens(), plan.profile().max().sequences());
  }

  private static long outputBytes(Plan plan) {
    return plan.buffers().stream()
        .filter(buffer -> buffer.storage() instanceof Buffer.Storage.Output)
        .mapToLong(buffer -> buffer.bytes(plan.profile().max()))
        .sum();
  }
}
