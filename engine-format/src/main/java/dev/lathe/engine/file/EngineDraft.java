package dev.lathe.engine.file;

import dev.lathe.engine.json.EngineJson;
import dev.lathe.engine.json.RecordCodec;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.WeightEvaluator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// An engine before its weights are evaluated: all entries with their sizes, in the order of the
/// file, and the manifest as a function of their sums.
///
/// @param payloads every entry but the manifest
record EngineDraft(EngineContent content, List<WeightEntry> weights, List<Payload> payloads) {

  static EngineDraft of(EngineContent content, WeightEvaluator evaluator, long segmentBytes) {
    WeightLayout layout = WeightLayout.of(content.weights(), evaluator, segmentBytes);
    List<Payload> payloads = new ArrayList<>();
    RecordCodec codec = EngineJson.codec();
    for (Plan plan : content.plans()) {
      String name = EntryNames.plan(plan.profile().name());
      payloads.add(Payload.Stored.text(name, codec.print(plan)));
    }
    payloads.add(Payload.Stored.text(EntryNames.GRAPH, content.graph()));
    payloads.add(Payload.Stored.text(EntryNames.PROVENANCE, content.provenance()));
    payloads.add(Payload.Stored.text(EntryNames.TUNING, content.tuning()));
    new TreeMap<>(content.tokenizer())
        .forEach(
            (file, bytes) -> payloads.add(new Payload.Stored(EntryNames.tokenizer(file), bytes)));
    for (EngineContent.Kernel kernel : content.kernels()) {
      String name = kernel.entry().name();
      payloads.add(Payload.Stored.text(EntryNames.ptx(name), kernel.ptx()));
      kernel
          .cubin()
          .ifPresent(code -> payloads.add(new Payload.Stored(EntryNames.cubin(name), code)));
    }
    for (int i = 0; i < layout.segments().size(); i++) {
      payloads.add(new Payload.Weights(EntryNames.weights(i), layout.segments().get(i)));
    }
    return new EngineDraft(content, layout.entries(), List.copyOf(payloads));
  }

  /// The manifest, given the sums of all payloads.
  Manifest manifest(List<PayloadWriter.Sums> sums) {
    List<Manifest.EntryDigest> digests = new ArrayList<>();
    for (int i = 0; i < sums.size(); i++) {
      PayloadWriter.Sums sum = sums.get(i);
      digests.add(new Manifest.EntryDigest(payloads.get(i).name(), sum.bytes(), sum.sha256()));
    }
    return new Manifest(
        Manifest.FORMAT_VERSION,
        content.generator(),
        content.target(),
        content.model(),
        content.limits(),
        content.kvCache(),
        content.plans().stream().map(plan -> plan.profile().name()).toList(),
        content.kernels().stream().map(EngineContent.Kernel::entry).toList(),
        weights,
        digests);
  }

  /// The text of the manifest. Its size does not depend on the sums.
  byte[] manifestBytes(List<PayloadWriter.Sums> sums) {
    return EngineJson.codec().print(manifest(sums)).getBytes(StandardCharsets.UTF_8);
  }
}
