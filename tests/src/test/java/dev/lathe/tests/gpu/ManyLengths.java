package dev.lathe.tests.gpu;

import dev.lathe.runtime.DeviceChoice;
import dev.lathe.runtime.Engine;
import dev.lathe.runtime.EngineOptions;
import dev.lathe.runtime.GenerationRequest;
import dev.lathe.runtime.GenerationResult;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.SessionOptions;
import dev.lathe.runtime.TokenStream;
import dev.lathe.runtime.device.DeviceLimits;
import dev.lathe.runtime.metrics.SessionMetrics.Counter;
import dev.lathe.runtime.schedule.Policy;
import dev.lathe.tests.cli.CommandRun;
import dev.lathe.tests.cli.TestFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/// Sequences of 1 to 700 tokens, run together in a small KV pool with small steps, and one by one,
/// twice: whatever else ran before, the logits of equal steps are equal to the last bit.
final class ManyLengths {
  private static final int SEQUENCES = 64;
  private static final int MOST_TOKENS = 700;
  private static final int OUTPUT_TOKENS = 12;
  private static final int BLOCKS = 300;
  private static final int[] EDGES = {1, 2, 15, 16, 17, 63, 64, 65, 255, 256, 257, MOST_TOKENS};

  private final Engine engine;
  private final List<List<Integer>> prompts;
  private final double margin;
  private final List<String> problems = new ArrayList<>();
  private int different;

  private ManyLengths(Engine engine, List<List<Integer>> prompts, double margin) {
    this.engine = engine;
    this.prompts = prompts;
    this.margin = margin;
  }

  /// Builds the engine that [#problems] wants: steps of at most 256 tokens.
  static Path build(Path folder, String dtype, String target) {
    Path engine = folder.resolve("many-lengths");
    CommandRun.line(
            """
            trtllm-build --checkpoint_dir {} --output_dir {} --dtype {} --target {}
                --tune off --max_batch_size 64 --max_num_tokens 256 --max_seq_len 768
                --max_input_len {} --tokens_per_block 16
            """,
            TestFiles.austen(),
            engine,
            dtype,
            target,
            MOST_TOKENS)
        .endsWith(0);
    return engine;
  }

  /// What is wrong; empty if each sequence has the same greedy tokens in both ways.
  ///
  /// @param most tokens of a prompt, but for one of 700
  /// @param margin between two logits below which either token will do
  static List<String> problems(Path path, DeviceChoice device, int most, double margin) {
    try (Engine engine = Engine.load(path, EngineOptions.DEFAULT.withDevice(device))) {
      ManyLengths lengths = new ManyLengths(engine, prompts(engine, most), margin);
      List<GenerationResult> alone = lengths.alone();
      lengths.together(alone, options(Policy.guaranteedNoEvict()));
      lengths.together(alone, options(Policy.maxUtilization()));
      lengths.reusing(alone.subList(0, EDGES.length));
      lengths.expectEqualLogits(alone, lengths.alone());
      if (lengths.different > SEQUENCES) {
        lengths.problems.add(lengths.different + " sequences differ, if only where it is close");
      }
      return lengths.problems;
    }
  }

  private static List<List<Integer>> prompts(Engine engine, int most) {
    String text;
    try {
      text = Files.readString(TestFiles.heldOutText()).substring(0, 60_000);
    } catch (IOException exception) {
      throw new UncheckedIOException(exception);
    }
    int[] ids = engine.tokenizer().orElseThrow().encode(text, false);
    SplittableRandom random = new SplittableRandom(700);
    List<List<Integer>> prompts = new ArrayList<>();
    for (int i = 0; i < SEQUENCES; i++) {
      int length = i < EDGES.length ? EDGES[i] : random.nextInt(1, most + 1);
      int from = random.nextInt(ids.length - length);
      prompts.add(Arrays.stream(ids, from, from + length).boxed().toList());
    }
    return prompts;
  }

  private List<GenerationResult> alone() {
    try (Session session = engine.newSession(options(Policy.guaranteedNoEvict()))) {
      return prompts.stream().map(prompt -> session.generate(request(prompt, true))).toList();
    }
  }

  private void expectEqualLogits(List<GenerationResult> before, List<GenerationResult> again) {
    for (int i = 0; i < before.size(); i++) {
      List<float[]> expected = before.get(i).generationLogits();
      List<float[]> actual = again.get(i).generationLogits();
      boolean equal = expected.size() == actual.size();
      for (int token = 0; equal && token < expected.size(); token++) {
        equal = Arrays.equals(expected.get(token), actual.get(token));
      }
      if (!equal) {
        problems.add("sequence " + i + " has other logits when it runs alone once more");
      }
    }
  }

  private static SessionOptions options(Policy policy) {
    return SessionOptions.DEFAULT
        .withLimits(new DeviceLimits(0.5, OptionalInt.of(BLOCKS), false))
        .withPolicy(policy);
  }

  private static GenerationRequest request(List<Integer> prompt, boolean keepLogits) {
    GenerationRequest.Builder builder =
        GenerationRequest.builder(prompt)
            .maxOutputTokens(OUTPUT_TOKENS)
            .endIds(List.of())
            .withoutText();
    return (keepLogits ? builder.keepGenerationLogits() : builder).build();
  }

  private void together(List<GenerationResult> alone, SessionOptions options) {
    try (Session session = engine.newSession(options)) {
      together(alone, session);
    }
  }

  /// The second time, each of a few sequences starts in the blocks of the first.
  private void reusing(List<GenerationResult> alone) {
    SessionOptions options = options(Policy.guaranteedNoEvict()).withBlockReuse(true);
    try (Session session = engine.newSession(options)) {
      together(alone, session);
      long before = session.metrics().value(Counter.REUSED_TOKENS);
      together(alone, session);
      if (session.metrics().value(Counter.REUSED_TOKENS) == before) {
        problems.add("no block is reused");
      }
    }
  }

  private void together(List<GenerationResult> alone, Session session) {
    List<TokenStream> streams =
        prompts.stream()
            .limit(alone.size())
            .map(prompt -> session.submit(request(prompt, false)))
            .toList();
    for (int i = 0; i < streams.size(); i++) {
      compare(i, alone.get(i), streams.get(i).await());
    }
    if (session.metrics().state().freeBlocks() != session.kvBlocks()) {
      problems.add("not all blocks are free: " + session.metrics().state());
    }
    if (session.metrics().value(Counter.FAILED) != 0) {
      problems.add(session.metrics().value(Counter.FAILED) + " sequences failed");
    }
  }

  private void compare(int index, GenerationResult alone, GenerationResult together) {
    List<Integer> expected = alone.tokens();
    List<Integer> actual = together.tokens();
    if (expected.size() != OUTPUT_TOKENS || actual.size() != OUTPUT_TOKENS) {
      problems.add("sequence " + index + " has " + actual + ", alone " + expected);
      return;
    }
    int at = 0;
    while (at < OUTPUT_TOKENS && expected.get(at).equals(actual.get(at))) {
      at++;
    }
    if (at == OUTPUT_TOKENS) {
      return;
    }
    different++;
    float[] logits = alone.generationLogits().get(at);
    float gap = logits[expected.get(at)] - logits[actual.get(at)];
    if (!(gap < margin)) {
      problems.add(
          String.format(
              Locale.ROOT,
              "sequence %d of %d tokens: token %d is %d, alone %d; the logits are %.4f apart",
              index,
              prompts.get(index).size(),
              at,
              actual.get(at),
              expected.get(at),
              gap));
    }
  }
}
