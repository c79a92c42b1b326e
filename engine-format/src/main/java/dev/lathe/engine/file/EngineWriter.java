package dev.lathe.engine.file;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.weight.TensorSource;
import dev.lathe.engine.weight.WeightEvaluator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/// Writes engine files. Sizes of all entries are known before any weight is evaluated, so the file
/// is laid out first, and workers then evaluate weights straight to their places, a segment each.
/// Memory is a few MiB a worker whatever the size of the engine.
public final class EngineWriter {
  private final Options options;

  public EngineWriter(Options options) {
    this.options = options;
  }

  /// @param workers threads that evaluate weights; at least 1
  /// @param segmentBytes greatest size of a segment of several weights
  public record Options(int workers, long segmentBytes, Progress progress) {
    private static final long SEGMENT_BYTES = 256L << 20;

    public Options {
      if (workers < 1 || segmentBytes < 1) {
        throw new IllegalArgumentException(workers + " workers, segments of " + segmentBytes);
      }
    }

    public static Options of(int workers, Progress progress) {
      return new Options(workers, SEGMENT_BYTES, progress);
    }
  }

  /// What was written.
  public record Written(Path file, long bytes, Manifest manifest) {}

  /// Writes an engine file. An older file of this name stays as it is until the new one is complete
  /// and on the disk.
  ///
  /// @throws IllegalStateException if the content contradicts itself
  /// @throws dev.lathe.engine.error.LatheException `disk-full`, `write-failed`, `interrupted`, and
  ///     what the source throws: [TensorSource#checkUnchanged] comes last
  public Written write(EngineContent content, TensorSource source, Path file) {
    return WriteFailures.guard(
        file,
        () -> {
          try (TemporaryFile temporary = TemporaryFile.create(file)) {
            Written written = fill(temporary.channel(), content, source, file);
            temporary.commit();
            return written;
          }
        });
  }

  /// Writes `config.json` and `rank0.engine` into a directory, which is made where it is missing.
  /// The engine does not depend on `config.json`, which tells people and tools how it was built.
  ///
  /// @throws IllegalStateException if the content contradicts itself
  /// @throws dev.lathe.engine.error.LatheException `disk-full`, `write-failed`, `interrupted`, and
  ///     what the source throws: [TensorSource#checkUnchanged] comes last
  public Written writeDirectory(
      EngineContent content, TensorSource source, Path directory, String config) {
    Path file = directory.resolve("rank0.engine");
    return WriteFailures.guard(
        file,
        () -> {
          try (TemporaryFile engine = TemporaryFile.create(file);
              TemporaryFile configFile = TemporaryFile.create(directory.resolve("config.json"))) {
            Written written = fill(engine.channel(), content, source, file);
            ByteBuffer bytes = ByteBuffer.wrap(config.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
              configFile.channel().write(bytes);
            }
            configFile.commit();
            engine.commit();
            return written;
          }
        });
  }

  private Written fill(FileChannel channel, EngineContent content, TensorSource source, Path file)
      throws IOException {
    WeightEvaluator evaluator = new WeightEvaluator(source);
    EngineDraft draft = EngineDraft.of(content, evaluator, options.segmentBytes());
    List<Payload> payloads = draft.payloads();
    List<PayloadWriter.Sums> sums =
        new ArrayList<>(
            payloads.stream()
                .map(payload -> new PayloadWriter.Sums(payload.bytes(), 0, "0".repeat(64)))
                .toList());
    ContentCheck.check(content, draft.manifest(sums));
    WriteFailures.requireSpace(file, totalBytes(payloads));
    ZipStructure.Layout layout =
        ZipStructure.layout(entries(draft, sums, draft.manifestBytes(sums)));
    evaluate(channel, payloads, layout, evaluator, sums);
    ZipStructure.Layout written =
        ZipStructure.write(channel, entries(draft, sums, draft.manifestBytes(sums)));
    if (!written.equals(layout)) {
      throw new IllegalStateException("the structure moved: " + written + ", planned " + layout);
    }
    source.checkUnchanged();
    return new Written(file, layout.bytes(), draft.manifest(sums));
  }

  /// Writes all payloads, the largest first, so that no worker is left alone with it at the end.
  private void evaluate(
      FileChannel channel,
      List<Payload> payloads,
      ZipStructure.Layout layout,
      WeightEvaluator evaluator,
      List<PayloadWriter.Sums> sums)
      throws IOException {
    List<PayloadWriter.Sums> results = Collections.synchronizedList(sums);
    ProgressCount progress = new ProgressCount(options.progress(), totalBytes(payloads));
    List<Callable<Void>> tasks =
        IntStream.range(0, payloads.size())
            .boxed()
            .sorted(Comparator.comparing(i -> -payloads.get(i).bytes()))
            .<Callable<Void>>map(i ->
                () -> {
                  long begin = layout.offsets().get(i + 1);
                  PayloadWriter writer = new PayloadWriter(channel, begin, progress);
                  results.set(i, writer.write(payloads.get(i), evaluator));
                  return null;
                })
            .toList();
    Workers.run(options.workers(), tasks);
  }

  private static long totalBytes(List<Payload> payloads) {
    return payloads.stream().mapToLong(Payload::bytes).reduce(0, Math::addExact);
  }

  /// The manifest, then every other payload.
  private static List<ZipStructure.Entry> entries(
      EngineDraft draft, List<PayloadWriter.Sums> sums, byte[] manifest) {
    CRC32 crc = new CRC32();
    crc.update(manifest);
    List<ZipStructure.Entry> entries = new ArrayList<>();
    entries.add(
        new ZipStructure.Entry(
            EntryNames.MANIFEST, manifest.length, crc.getValue(), Optional.of(manifest)));
    for (int i = 0; i < sums.size(); i++) {
      PayloadWriter.Sums sum = sums.get(i);
      String name = draft.payloads().get(i).name();
      entries.add(new ZipStructure.Entry(name, sum.bytes(), sum.crc(), Optional.empty()));
    }
    return entries;
  }
}
