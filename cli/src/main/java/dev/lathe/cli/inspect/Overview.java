package dev.lathe.cli.inspect;

import dev.lathe.cli.console.Amounts;
import dev.lathe.cli.console.TextTable;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.WeightText;
import dev.lathe.passes.explain.PlanStory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What `trtllm-inspect ENGINE` prints: the whole engine, from the model down to each weight.
final class Overview {
  private final EngineContents engine;
  private final Manifest manifest;
  private final List<String> lines = new ArrayList<>();

  Overview(EngineContents engine) {
    this.engine = engine;
    this.manifest = engine.manifest();
  }

  List<String> lines() {
    head();
    memory();
    plans();
    story();
    kernels();
    weights();
    return List.copyOf(lines);
  }

  private void head() {
    Manifest.Model model = manifest.model();
    Manifest.Limits limits = manifest.limits();
    fact(
        "engine",
        engine.file()
            + ", "
            + Amounts.bytes(engine.bytes())
            + ", format "
            + manifest.formatVersion()
            + ", written by "
            + manifest.generator());
    fact(
        "model",
        model.architecture()
            + ", "
            + Amounts.count(model.parameters())
            + " parameters, "
            + model.dtype().text()
            + ", "
            + model.layers()
            + " layers of "
            + model.hiddenSize()
            + ", vocabulary "
            + model.vocabularySize()
            + ", made for "
            + model.maxPositions()
            + " positions");
    fact(
        "target",
        manifest.target().equals("cpu")
            ? "cpu: there are no kernels, a GPU cannot run it"
            : manifest.target() + "; the CPU can run it too, slowly");
    fact(
        "limits",
        limits.maxBatchSize()
            + " sequences at once, "
            + limits.maxSequenceLength()
            + " tokens each (a prompt: "
            + limits.maxInputLength()
            + "), "
            + limits.maxTokens()
            + " tokens a step; logits of prompts: "
            + (limits.contextLogits() ? "yes" : "no"));
  }

  private void memory() {
    Manifest.KvCache cache = manifest.kvCache();
    long weights = manifest.weights().stream().mapToLong(WeightEntry::bytes).sum();
    long arena = engine.plans().stream().mapToLong(Plan::arenaBytes).max().orElse(0);
    long block = cache.blockBytes();
    fact(
        "memory",
        Amounts.bytes(weights)
            + " of weights and "
            + Amounts.bytes(arena)
            + " of activations and workspace, shared by all plans; the rest is for the KV cache");
    fact(
        "KV cache",
        Amounts.bytes(block / cache.tokensPerBlock())
            + " a token: keys and values of "
            + cache.layers()
            + " layers, "
            + cache.heads()
            + " heads of "
            + cache.headDim()
            + ", "
            + cache.dtype().text()
            + "; blocks of "
            + cache.tokensPerBlock()
            + " tokens, "
            + Amounts.bytes(block));
  }

  private void fact(String name, String text) {
    lines.add(String.format("%-9s %s", name, text));
  }

  private void plans() {
    TextTable table = new TextTable("plan", "batches", "steps", "launches", "arena");
    for (Plan plan : engine.plans()) {
      long launches = plan.steps().stream().mapToLong(step -> step.launches().size()).sum();
      table.row(
          plan.profile().name(),
          batches(plan.profile()),
          plan.steps().size(),
          launches,
          Amounts.bytes(plan.arenaBytes()));
    }
    section("Plans: each is one forward pass; the first one that fits a batch runs it", table);
  }

  /// The last plan serves every batch, so its story is that of the engine.
  private void story() {
    lines.add("");
    lines.add("What a pass does");
    lines.addAll(PlanStory.of(engine.plans().getLast(), this::weightShape).lines().toList());
  }

  private String weightShape(String name) {
    return manifest.weights().stream()
        .filter(weight -> weight.name().equals(name))
        .findFirst()
        .map(weight -> "(" + shape(weight.shape()) + ") " + weight.dtype().text())
        .orElse("");
  }

  /// Which batches a profile takes, in words.
  static String batches(Profile profile) {
    Sizes max = profile.max();
    return switch (profile.kind()) {
      case DECODE ->
          "one token a sequence, up to "
              + max.sequences()
              + " sequences"
              + (profile.greedy() ? ", all greedy, without logits" : "");
      case MIXED ->
          "prompts and single tokens, up to "
              + max.tokens()
              + " tokens of "
              + max.sequences()
              + " sequences";
    };
  }

  private void kernels() {
    if (manifest.kernels().isEmpty()) {
      lines.add("");
      lines.add("Kernels: none");
      return;
    }
    TextTable table =
        new TextTable("kernel", "template", "config", "threads", "shared", "steps", "code");
    for (KernelEntry kernel : manifest.kernels()) {
      table.row(
          kernel.name(),
          kernel.template(),
          config(kernel.config()),
          kernel.threads(),
          Amounts.bytes(kernel.sharedBytes()),
          engine.uses(kernel.name()),
          kernel.cubin() ? "PTX and machine code" : "PTX");
    }
    section("Kernels: " + manifest.kernels().size() + ", shared by all plans", table);
  }

  /// `stages=3 tileM=64`.
  static String config(Map<String, String> config) {
    return new TreeMap<>(config)
        .entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(" "));
  }

  private void weights() {
    TextTable table = new TextTable("weight", "type", "shape", "bytes", "made from");
    for (WeightEntry weight : manifest.weights()) {
      table.row(
          weight.name(),
          weight.dtype().text(),
          shape(weight.shape()),
          weight.bytes(),
          WeightText.of(weight.source()));
    }
    section("Weights: " + manifest.weights().size() + ", row-major", table);
  }

  /// `4096x1024`.
  static String shape(List<Long> shape) {
    return shape.isEmpty()
        ? "scalar"
        : shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }

  private void section(String title, TextTable table) {
    lines.add("");
    lines.add(title);
    lines.addAll(table.lines());
  }
}
