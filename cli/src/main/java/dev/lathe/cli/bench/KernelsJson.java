package dev.lathe.cli.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lathe.cli.console.Version;
import dev.lathe.engine.type.Sizes;

/// The steps of a plan as JSON. `docs/benchmarks.md` lists the keys; they are added to, not
/// changed.
final class KernelsJson {
  private static final int FORMAT = 1;

  private KernelsJson() {}

  static JsonObject of(KernelsReport report) {
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.addProperty("command", "kernels");
    json.addProperty("version", Version.text());
    json.addProperty("device", report.device());
    json.add("engine", ServingJson.engine(report.engine(), report.manifest()));
    json.add("batch", batch(report.batch()));
    json.addProperty("copy_gigabytes_per_second", report.rates().copyBytesPerSecond() / 1e9);
    report
        .rates()
        .peak()
        .ifPresent(
            peak -> json.addProperty("assumed_peak_teraflops", peak.flopsPerSecond() / 1e12));
    json.addProperty("torch", report.torch());
    json.addProperty("all_us", report.allNanos() / 1e3);
    JsonArray steps = new JsonArray();
    report.steps().forEach(step -> steps.add(step(step, report.allNanos())));
    json.add("steps", steps);
    return json;
  }

  private static JsonObject batch(KernelBatch batch) {
    Sizes sizes = batch.sizes();
    JsonObject json = new JsonObject();
    json.addProperty("plan", batch.plan().profile().name());
    json.addProperty("tokens", sizes.tokens());
    json.addProperty("sequences", sizes.sequences());
    json.addProperty("context", batch.context());
    return json;
  }

  private static JsonObject step(KernelFigures step, double allNanos) {
    JsonObject json = new JsonObject();
    json.addProperty("name", step.group().name());
    json.addProperty("count", step.group().count());
    json.addProperty("op", step.description().op());
    json.addProperty("shape", step.description().shape());
    JsonArray kernels = new JsonArray();
    step.group().kernels().forEach(kernels::add);
    json.add("kernels", kernels);
    json.addProperty("us", step.nanos() / 1e3);
    json.addProperty("part", step.allNanos() / allNanos);
    json.addProperty("bytes", step.cost().bytes());
    json.addProperty("gigabytes_per_second", step.bytesPerSecond() / 1e9);
    json.addProperty("percent_of_copy", step.percentOfCopy());
    json.addProperty("flops", step.cost().flops());
    json.addProperty("teraflops_per_second", step.flopsPerSecond() / 1e12);
    step.percentOfPeak().ifPresent(percent -> json.addProperty("percent_of_assumed_peak", percent));
    addTorch(json, step);
    return json;
  }

  private static void addTorch(JsonObject json, KernelFigures step) {
    if (step.torch()
        instanceof KernelFigures.Torch.Timed(String method, boolean graph, double nanos)) {
      JsonObject torch = new JsonObject();
      torch.addProperty("method", method);
      torch.addProperty("graph", graph);
      torch.addProperty("us", nanos / 1e3);
      torch.addProperty("ratio", nanos / step.nanos());
      json.add("torch", torch);
    } else if (step.torch() instanceof KernelFigures.Torch.Refused(String reason)) {
      JsonObject torch = new JsonObject();
      torch.addProperty("error", reason);
      json.add("torch", torch);
    }
  }
}
