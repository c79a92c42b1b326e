package dev.lathe.cli.bench;

import com.google.gson.JsonObject;
import dev.lathe.cli.console.Version;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.runtime.measure.Distribution;
import dev.lathe.runtime.measure.Measurement;
import dev.lathe.runtime.measure.PeakRate;
import dev.lathe.runtime.measure.Roofline;
import dev.lathe.runtime.measure.ServingFigures;
import dev.lathe.runtime.metrics.StepRecord;
import java.nio.file.Path;

/// A report as JSON. `docs/benchmarks.md` lists the keys; they are added to, not changed.
final class ServingJson {
  private static final int FORMAT = 1;

  private ServingJson() {}

  static JsonObject of(ServingReport report) {
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.addProperty("command", report.command());
    json.addProperty("version", Version.text());
    json.addProperty("device", report.device());
    JsonObject engine = engine(report.options().measurement.engine, report.manifest());
    engine.addProperty("kv_blocks", report.kvBlocks());
    json.add("engine", engine);
    json.add("settings", settings(report));
    json.addProperty("load_seconds", report.loadNanos() / 1e9);
    addCounts(json, report.measurement());
    addFigures(json, report.figures());
    json.add("steps", steps(report));
    report.roofline().ifPresent(roofline -> json.add("roofline", roofline(roofline)));
    return json;
  }

  static JsonObject engine(Path place, Manifest manifest) {
    JsonObject json = new JsonObject();
    json.addProperty("path", place.toString());
    json.addProperty("architecture", manifest.model().architecture());
    json.addProperty("dtype", manifest.model().dtype().text());
    json.addProperty("target", manifest.target());
    json.addProperty("parameters", manifest.model().parameters());
    json.addProperty(
        "weight_bytes", manifest.weights().stream().mapToLong(WeightEntry::bytes).sum());
    json.addProperty("max_batch_size", manifest.limits().maxBatchSize());
    json.addProperty("max_num_tokens", manifest.limits().maxTokens());
    json.addProperty("max_seq_len", manifest.limits().maxSequenceLength());
    json.addProperty("tokens_per_block", manifest.kvCache().tokensPerBlock());
    return json;
  }

  private static JsonObject settings(ServingReport report) {
    ServingOptions options = report.options();
    JsonObject json = new JsonObject();
    if (report.groupSize() > 0) {
      json.addProperty("batch_size", report.groupSize());
    } else {
      json.addProperty("concurrency", report.clients());
    }
    json.addProperty("warmup", options.warmup);
    json.addProperty("streaming", options.streaming);
    json.addProperty("scheduler_policy", options.policy.toString());
    json.addProperty("kv_cache_free_gpu_mem_fraction", options.kvMemoryFraction);
    if (options.dataset.isPresent()) {
      json.addProperty("dataset", options.dataset.get().toString());
    } else {
      json.addProperty("seed", options.seed);
    }
    return json;
  }

  private static void addCounts(JsonObject json, Measurement measured) {
    json.addProperty("requests", measured.requests().size());
    json.addProperty("input_tokens", measured.inputTokens());
    json.addProperty("output_tokens", measured.outputTokens());
  }

  private static void addFigures(JsonObject json, ServingFigures figures) {
    json.addProperty("seconds", figures.seconds());
    json.addProperty("requests_per_second", figures.requests());
    json.addProperty("output_tokens_per_second", figures.outputTokens());
    json.addProperty("output_tokens_per_second_per_user", figures.outputTokensOfUser());
    json.addProperty("total_tokens_per_second", figures.allTokens());
    json.addProperty("prefill_tokens_per_second", figures.promptTokens());
    json.add("ttft_ms", distribution(figures.firstToken()));
    json.add("tpot_ms", distribution(figures.perToken()));
    json.add("itl_ms", distribution(figures.betweenTokens()));
    json.add("latency_ms", distribution(figures.latency()));
  }

  private static JsonObject distribution(Distribution values) {
    JsonObject json = new JsonObject();
    json.addProperty("count", values.count());
    json.addProperty("mean", values.mean());
    json.addProperty("min", values.least());
    json.addProperty("p50", values.p50());
    json.addProperty("p90", values.p90());
    json.addProperty("p95", values.p95());
    json.addProperty("p99", values.p99());
    json.addProperty("max", values.greatest());
    return json;
  }

  private static JsonObject steps(ServingReport report) {
    JsonObject json = new JsonObject();
    var steps = report.measurement().steps();
    json.addProperty("count", steps.size());
    json.addProperty(
        "decode", steps.stream().filter(step -> step.kind() == Profile.Kind.DECODE).count());
    json.addProperty("seconds", steps.stream().mapToLong(StepRecord::nanos).sum() / 1e9);
    json.addProperty(
        "mean_sequences", steps.stream().mapToInt(StepRecord::sequences).average().orElse(0));
    json.addProperty("interruptions", report.interrupted());
    return json;
  }

  private static JsonObject roofline(Roofline roofline) {
    JsonObject json = new JsonObject();
    json.addProperty("gpu", roofline.rates().gpu());
    json.addProperty("copy_gigabytes_per_second", roofline.rates().copyBytesPerSecond() / 1e9);
    roofline
        .rates()
        .peak()
        .map(PeakRate::flopsPerSecond)
        .ifPresent(peak -> json.addProperty("assumed_peak_teraflops", peak / 1e12));
    roofline.decode().ifPresent(decode -> json.add("decode", decode(decode)));
    roofline.prefill().ifPresent(prefill -> json.add("prefill", prefill(prefill)));
    return json;
  }

  private static JsonObject decode(Roofline.Decode decode) {
    JsonObject json = new JsonObject();
    json.addProperty("steps", decode.steps());
    json.addProperty("step_ms", decode.stepSeconds() * 1e3);
    json.addProperty("bytes_per_step", decode.bytesOfStep());
    json.addProperty("gigabytes_per_second", decode.bytesOfStep() / decode.stepSeconds() / 1e9);
    json.addProperty("percent_of_copy", decode.percentOfCopy());
    return json;
  }

  private static JsonObject prefill(Roofline.Prefill prefill) {
    JsonObject json = new JsonObject();
    json.addProperty("steps", prefill.steps());
    json.addProperty("seconds", prefill.seconds());
    json.addProperty("flops", prefill.flops());
    json.addProperty("teraflops_per_second", prefill.flops() / prefill.seconds() / 1e12);
    prefill
        .percentOfPeak()
        .ifPresent(percent -> json.addProperty("percent_of_assumed_peak", percent));
    return json;
  }
}
