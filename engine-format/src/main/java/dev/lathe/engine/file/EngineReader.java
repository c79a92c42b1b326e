package dev.lathe.engine.file;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.json.EngineJson;
import dev.lathe.engine.json.RecordCodec;
import dev.lathe.engine.json.RecordFormatException;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// Opens engine files. Nothing of a file is used before it has been verified: first the digest of
/// the structure, which includes the manifest, then the digests of the entries, then that plans and
/// manifest make sense. See the package documentation for the format.
public final class EngineReader {
  /// No manifest or plan is near this size; a greater one would only fill the memory.
  private static final long MAX_JSON_BYTES = 64 << 20;

  private final Path path;
  private final FileChannel channel;
  private final Options options;
  private final RecordCodec codec = EngineJson.codec();

  private EngineReader(Path path, FileChannel channel, Options options) {
    this.path = path;
    this.channel = channel;
    this.options = options;
  }

  /// @param verify false: digests of weights and tokenizer files are not verified, for a file that
  ///     was verified before; all other entries always are
  /// @param threads that verify digests
  public record Options(boolean verify, int threads, Progress progress) {

    /// Verifies everything.
    public static Options verifying(int threads) {
      return new Options(true, threads, Progress.NONE);
    }
  }

  /// Opens an engine file, or the `rank0.engine` of a directory.
  ///
  /// @throws EngineFormatException if this is no sound engine of a version that is read
  /// @throws LatheException `engine-unreadable` if the file cannot be read
  public static EngineFile open(Path path, Options options) {
    Path file = Files.isDirectory(path) ? path.resolve("rank0.engine") : path;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return new EngineReader(file, channel, options).open();
    } catch (IOException problem) {
      throw new LatheException(
          ExitCode.FAILURE,
          "engine-unreadable",
          "cannot read "
              + file
              + ": "
              + problem.getClass().getSimpleName()
              + ": "
              + problem.getMessage(),
          "Give the rank0.engine that trtllm-build wrote, or its directory.",
          problem);
    }
  }

  private EngineFile open() throws IOException {
    List<ZipDirectory.Entry> entries = ZipDirectory.read(path, channel);
    Manifest manifest = manifest(entries);
    new EntryVerifier(path, channel, options).verify(entries, manifest);
    return EngineFile.map(path, channel, manifest, plans(entries, manifest), entries);
  }

  private Manifest manifest(List<ZipDirectory.Entry> entries) throws IOException {
    if (entries.isEmpty() || !entries.getFirst().name().equals(EntryNames.MANIFEST)) {
      throw corrupt("structure", "the first entry is not the manifest");
    }
    String text = text(entries.getFirst());
    int version =
        EngineJson.formatVersion(text)
            .orElseThrow(() -> corrupt(EntryNames.MANIFEST, "it states no format version"));
    EngineVersions.require(path, version);
    try {
      Manifest manifest = codec.read(text, Manifest.class);
      ManifestCheck.check(manifest);
      return manifest;
    } catch (RecordFormatException | IllegalArgumentException problem) {
      throw corrupt(EntryNames.MANIFEST, String.valueOf(problem.getMessage()));
    }
  }

  private List<Plan> plans(List<ZipDirectory.Entry> entries, Manifest manifest) throws IOException {
    List<Plan> plans = new ArrayList<>();
    for (String profile : manifest.plans()) {
      String name = EntryNames.plan(profile);
      for (ZipDirectory.Entry entry : entries) {
        if (entry.name().equals(name)) {
          plans.add(plan(profile, entry, manifest));
        }
      }
    }
    return plans;
  }

  private Plan plan(String profile, ZipDirectory.Entry entry, Manifest manifest)
      throws IOException {
    try {
      Plan plan = codec.read(text(entry), Plan.class);
      ManifestCheck.require(
          plan.profile().name().equals(profile), "it is the plan of " + plan.profile().name());
      PlanCheck.check(plan, manifest);
      return plan;
    } catch (RecordFormatException | IllegalArgumentException problem) {
      throw corrupt(entry.name(), String.valueOf(problem.getMessage()));
    }
  }

  private String text(ZipDirectory.Entry entry) throws IOException {
    if (entry.bytes() > MAX_JSON_BYTES) {
      throw corrupt(entry.name(), "it has " + entry.bytes() + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) entry.bytes());
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, entry.offset() + bytes.position()) < 0) {
        throw new TruncatedEngineException(path);
      }
    }
    return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
  }

  private CorruptEngineException corrupt(String entry, String problem) {
    return new CorruptEngineException(path, entry, problem);
  }
}
