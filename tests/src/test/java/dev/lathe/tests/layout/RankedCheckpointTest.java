package dev.lathe.tests.layout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.cli.npy.NpyReader;
import dev.lathe.engine.file.EngineFile;
import dev.lathe.engine.file.EngineReader;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.tests.cli.CommandRun;
import dev.lathe.tests.cli.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One model in both layouts gives one engine.
class RankedCheckpointTest {
  /// From one bfloat16 number to the next, between 1 and 2.
  private static final double BFLOAT16_STEP = 1.0 / 128;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "llama, 1, 1",
    "llama, 2, 2",
    "llama3-rope, 2, 1",
    "qwen2, 1, 1",
    "qwen2, 2, 2",
    "qwen3, 1, 1",
    "qwen3, 2, 2",
    "mistral-window, 1, 1",
    "mistral-window, 2, 2",
    "gpt2, 1, 1",
    "gpt2, 2, 2",
    "starcoder2, 2, 2",
    "gpt-neox, 1, 1",
    "gpt-neox, 2, 2",
    "gptj, 1, 1",
    "gptj, 2, 2",
    "opt, 1, 1",
    "opt, 2, 2",
    "bloom, 1, 1",
    "bloom, 2, 2",
    "falcon, 1, 1",
    "falcon, 2, 2",
    "phi3, 1, 1",
    "phi3, 2, 2",
    "granite, 1, 1",
    "granite, 2, 2",
    "mixtral, 1, 1",
    "mixtral, 2, 2",
    "qwen3-moe, 1, 1",
    "qwen3-moe, 2, 2"
  })
  void weightsAndLogitsAreThoseOfTheHuggingFaceCheckpoint(String family, int shards, int stages)
      throws IOException {
    Path model = TestFiles.golden(family);
    Path ranked = folder.resolve("ranked");
    RankedConversion.of(model, shards, stages).write(ranked);

    build(model, "expected", 64);
    build(ranked, "actual", 64);

    assertEqualWeights();
    assertEqualLogits();
  }

  @ParameterizedTest
  @CsvSource({"mixtral, 2, 2", "mixtral, 2, 1", "qwen3-moe, 2, 2"})
  void expertsMayBeDealtOutToGroupsOfRanks(String family, int shards, int groups)
      throws IOException {
    PlainCheckpoint model = PlainCheckpoint.of(TestFiles.golden(family));
    RankedConversion.of(model, shards, 1, groups).write(folder.resolve("ranked"));

    build(TestFiles.golden(family), "expected", 1);
    build(folder.resolve("ranked"), "actual", 1);

    assertEqualWeights();
  }

  /// The 1 is added before the norms are rounded to the type of the checkpoint.
  @ParameterizedTest
  @CsvSource({"gemma2, 1, 1", "gemma2, 2, 2", "gemma3, 1, 1", "gemma3, 2, 2"})
  void logitsOfGemmaAreThoseOfNormsThatWereRoundedWithTheirOne(
      String family, int shards, int stages) throws IOException {
    PlainCheckpoint model = PlainCheckpoint.of(TestFiles.golden(family));
    RankedConversion.of(model, shards, stages, 1).write(folder.resolve("ranked"));
    model.withRoundedNorms().write(folder.resolve("rounded"));

    build(folder.resolve("rounded"), "expected", 64);
    build(folder.resolve("ranked"), "actual", 64);

    assertEqualLogits();
    build(TestFiles.golden(family), "exact", 64);
    run("exact");
    assertThat(relativeError("actual", "exact")).isBetween(Double.MIN_VALUE, BFLOAT16_STEP);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1"})
  void anEncoderHasTensorParallelRanksToo(int shards, int stages) throws IOException {
    PlainCheckpoint model =
        PlainCheckpoint.of(TestFiles.golden("bert")).without("cls.", "BertModel");
    RankedConversion.of(model, shards, stages, 1).write(folder.resolve("ranked"));
    model.write(folder.resolve("plain"));

    build(folder.resolve("plain"), "expected", 64);
    build(folder.resolve("ranked"), "actual", 64);

    assertEqualWeights();
  }

  @Test
  void layersAreDealtOutUnevenlyAndTheTableMayBeCutToo() throws IOException {
    RankedCheckpoint ranked = RankedConversion.of(TestFiles.austen(), 2, 4);
    ranked.config().addProperty("use_parallel_embedding", true);
    ranked.config().addProperty("embedding_sharding_dim", 1);
    String table = "transformer.vocab_embedding.weight";
    for (int rank = 0; rank < 2; rank++) {
      ranked.ranks().get(rank).put(table, ranked.tensor(rank, table).columnPart(rank, 2));
    }
    ranked.write(folder.resolve("ranked"));
    assertThat(ranked.ranks().get(6)).hasSize(9);

    build(TestFiles.austen(), "expected", 1);
    build(folder.resolve("ranked"), "actual", 1);

    assertEqualWeights();
  }

  private void build(Path model, String engine, int tokens) {
    CommandRun.of(
            "trtllm-build",
            "--checkpoint_dir",
            model,
            "--output_dir",
            folder.resolve(engine),
            "--dtype",
            "float32",
            "--target",
            "cpu",
            "--gather_context_logits",
            "--max_batch_size",
            1,
            "--max_num_tokens",
            tokens,
            "--max_seq_len",
            96,
            "--max_input_len",
            tokens)
        .endsWith(0);
  }

  private void assertEqualWeights() {
    try (EngineFile expected = open("expected");
        EngineFile actual = open("actual")) {
      assertThat(weights(actual)).isEqualTo(weights(expected)).isNotEmpty();
      assertThat(payloads(actual)).isEqualTo(payloads(expected)).isNotEmpty();
      assertThat(actual.plans()).isEqualTo(expected.plans());
      assertThat(actual.manifest().model()).isEqualTo(expected.manifest().model());
    }
  }

  private void assertEqualLogits() throws IOException {
    run("expected");
    run("actual");
    assertThat(folder.resolve("actual.npy")).hasSameBinaryContentAs(folder.resolve("expected.npy"));
    assertThat(folder.resolve("actual.csv"))
        .hasSameTextualContentAs(folder.resolve("expected.csv"));
  }

  /// Norm of the difference of logits, to the norm of what is expected.
  private double relativeError(String actual, String expected) throws IOException {
    double[] found = NpyReader.read(folder.resolve(actual + ".npy")).values();
    double[] wanted = NpyReader.read(folder.resolve(expected + ".npy")).values();
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < wanted.length; i++) {
      difference += Math.pow(found[i] - wanted[i], 2);
      norm += Math.pow(wanted[i], 2);
    }
    return Math.sqrt(difference / norm);
  }

  private EngineFile open(String engine) {
    return EngineReader.open(folder.resolve(engine), EngineReader.Options.verifying(1));
  }

  /// A weight without where it came from.
  private record Weight(
      String name, String dtype, List<Long> shape, int segment, long offset, long bytes) {}

  private static List<Weight> weights(EngineFile engine) {
    return engine.manifest().weights().stream().map(RankedCheckpointTest::weight).toList();
  }

  private static Weight weight(WeightEntry entry) {
    return new Weight(
        entry.name(),
        entry.dtype().text(),
        entry.shape(),
        entry.segment(),
        entry.offset(),
        entry.bytes());
  }

  /// Digests of the segments that hold the weights.
  private static List<Manifest.EntryDigest> payloads(EngineFile engine) {
    return engine.manifest().entries().stream()
        .filter(entry -> entry.name().startsWith("weights/"))
        .toList();
  }

  private void run(String engine) throws IOException {
    Path prompt = folder.resolve("ids.csv");
    Files.writeString(prompt, "3,141,59,26,53,58,97,93,23,84,62,64,33,83,27,95,2,88\n");
    CommandRun.of(
            "trtllm-run",
            "--engine_dir",
            folder.resolve(engine),
            "--device",
            "cpu",
            "--input_file",
            prompt,
            "--max_output_len",
            8,
            "--end_id",
            -1,
            "--output_logits_npy",
            folder.resolve(engine + ".npy"),
            "--output_csv",
            folder.resolve(engine + ".csv"))
        .endsWith(0);
  }
}
