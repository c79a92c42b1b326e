package dev.lathe.engine.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.WeightEvaluator;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.TimeZone;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineRoundTripTest {
  @TempDir Path directory;

  private Path write(EngineContent content, String name, int workers) {
    Path file = directory.resolve(name);
    SampleEngine.writer(workers).write(content, SampleEngine.SOURCE, file);
    return file;
  }

  @Test
  void everythingWrittenIsRead() {
    EngineContent content = SampleEngine.content();
    Path file = write(content, "rank0.engine", 2);
    try (EngineFile engine = EngineReader.open(file, EngineReader.Options.verifying(2))) {
      assertThat(engine.plans()).isEqualTo(content.plans());
      assertThat(engine.graph()).isEqualTo(content.graph());
      assertThat(engine.provenance()).isEqualTo(content.provenance());
      assertThat(engine.tuning()).isEmpty();
      assertThat(bytes(engine.ptx("embedding")))
          .isEqualTo(".version 8.5\n".getBytes(StandardCharsets.UTF_8));
      assertThat(bytes(engine.cubin("embedding"))).hasSize(7);
      assertThat(engine.tokenizer()).containsOnlyKeys("tokenizer.json");
      Manifest manifest = engine.manifest();
      assertThat(manifest.formatVersion()).isEqualTo(Manifest.FORMAT_VERSION);
      assertThat(manifest.limits()).isEqualTo(content.limits());
      assertThat(manifest.weights())
          .extracting(WeightEntry::name)
          .containsExactly("table", "turned", "odd", "random");
      WeightEvaluator evaluator = new WeightEvaluator(SampleEngine.SOURCE);
      for (WeightEntry weight : manifest.weights()) {
        assertThat(bytes(engine.weight(weight)))
            .as(weight.name())
            .isEqualTo(evaluator.bytes(weight.source()));
        assertThat(engine.weight(weight).address() % 256).isZero();
      }
    }
  }

  private static byte[] bytes(MemorySegment segment) {
    return segment.toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void weightsFillSegmentsInTheirOrder() {
    Path file = write(SampleEngine.content(), "rank0.engine", 1);
    try (EngineFile engine = EngineReader.open(file, EngineReader.Options.verifying(1))) {
      assertThat(engine.manifest().weights())
          .extracting(WeightEntry::segment, WeightEntry::offset)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple(0, 0L),
              org.assertj.core.groups.Tuple.tuple(0, 1024L),
              org.assertj.core.groups.Tuple.tuple(1, 0L),
              org.assertj.core.groups.Tuple.tuple(1, 256L));
    }
  }

  @Test
  void equalContentGivesEqualBytesWhateverTheWorkersAndTheTimeZone() throws IOException {
    byte[] first = Files.readAllBytes(write(SampleEngine.content(), "a", 1));
    TimeZone zone = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
      assertThat(Files.readAllBytes(write(SampleEngine.content(), "b", 4))).isEqualTo(first);
    } finally {
      TimeZone.setDefault(zone);
    }
  }

  @Test
  void anyZipToolListsAndUnpacksTheFile() throws IOException {
    Path file = write(SampleEngine.content(), "rank0.engine", 1);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      List<String> names = new ArrayList<>();
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        names.add(entry.getName());
        assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
        try (InputStream payload = zip.getInputStream(entry)) {
          CRC32 crc = new CRC32();
          crc.update(payload.readAllBytes());
          assertThat(crc.getValue()).as(entry.getName()).isEqualTo(entry.getCrc());
        }
      }
      assertThat(names)
          .containsExactly(
              "manifest.json",
              "plan/mixed.json",
              "graph.ir",
              "provenance.json",
              "tuning.jsonl",
              "tokenizer/tokenizer.json",
              "kernels/embedding.ptx",
              "kernels/embedding.cubin",
              "weights/0.bin",
              "weights/1.bin");
      assertThat(zip.getComment()).startsWith("LATHE1 ").hasSize(71);
    }
  }

  @Test
  void anEngineWithoutWeightsAndKernelsIsAnEngine() {
    EngineContent sample = SampleEngine.content();
    var emptyPlan =
        new dev.lathe.engine.v1.Plan(sample.plans().getFirst().profile(), List.of(), List.of(), 0);
    EngineContent content =
        new EngineContent(
            "g",
            "cpu",
            sample.model(),
            sample.limits(),
            sample.kvCache(),
            List.of(emptyPlan),
            List.of(),
            List.of(),
            "",
            java.util.Map.of(),
            "",
            "{}");
    Path file = write(content, "rank0.engine", 3);
    try (EngineFile engine = EngineReader.open(file, EngineReader.Options.verifying(1))) {
      assertThat(engine.manifest().weights()).isEmpty();
    }
  }

  @Test
  void aDirectoryHoldsTheEngineAndItsConfiguration() throws IOException {
    Path target = directory.resolve("new/engines");
    SampleEngine.writer(2)
        .writeDirectory(SampleEngine.content(), SampleEngine.SOURCE, target, "{\"a\": 1}\n");
    assertThat(target).isDirectoryContaining("glob:**/config.json");
    assertThat(target.resolve("config.json")).hasContent("{\"a\": 1}\n");
    try (var files = Files.list(target)) {
      assertThat(files).hasSize(2);
    }
    EngineReader.open(target, EngineReader.Options.verifying(1)).close();
  }

  @Test
  void progressEndsAtTheTotal() {
    List<Long> reports = new ArrayList<>();
    List<Long> totals = new ArrayList<>();
    new EngineWriter(
            EngineWriter.Options.of(
                2,
                (done, total) -> {
                  reports.add(done);
                  totals.add(total);
                }))
        .write(SampleEngine.content(), SampleEngine.SOURCE, directory.resolve("e"));
    assertThat(reports).isNotEmpty().isSorted();
    assertThat(reports.getLast()).isEqualTo(totals.getLast());
  }
}
