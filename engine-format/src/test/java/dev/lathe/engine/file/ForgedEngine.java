package dev.lathe.engine.file;

import dev.lathe.engine.json.EngineJson;
import dev.lathe.engine.v1.Manifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.ZipFile;

/// An engine that somebody changed, and made good its digests.
final class ForgedEngine {
  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  ForgedEngine(Path sound) throws IOException {
    try (ZipFile zip = new ZipFile(sound.toFile())) {
      for (var entry : zip.stream().toList()) {
        try (InputStream payload = zip.getInputStream(entry)) {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          payload.transferTo(bytes);
          entries.put(entry.getName(), bytes.toByteArray());
        }
      }
    }
  }

  String text(String entry) {
    byte[] bytes = entries.get(entry);
    if (bytes == null) {
      throw new IllegalStateException(entry);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// Writes the engine with one entry changed, and the digests of the manifest made good before
  /// `change` gets a manifest to change.
  void write(Path file, String entry, UnaryOperator<String> change) throws IOException {
    Map<String, byte[]> forged = new LinkedHashMap<>(entries);
    if (!entry.equals(EntryNames.MANIFEST)) {
      forged.put(entry, change.apply(text(entry)).getBytes(StandardCharsets.UTF_8));
      forged.put(EntryNames.MANIFEST, manifest(forged).getBytes(StandardCharsets.UTF_8));
    } else {
      forged.put(entry, change.apply(manifest(forged)).getBytes(StandardCharsets.UTF_8));
    }
    write(file, forged);
  }

  private String manifest(Map<String, byte[]> payloads) {
    Manifest old = EngineJson.codec().read(text(EntryNames.MANIFEST), Manifest.class);
    List<Manifest.EntryDigest> digests = new ArrayList<>();
    payloads.forEach((name, bytes) -> {
      if (!name.equals(EntryNames.MANIFEST)) {
        String sha256 = Digests.hex(Digests.sha256().digest(bytes));
        digests.add(new Manifest.EntryDigest(name, bytes.length, sha256));
      }
    });
    return EngineJson.codec()
        .print(
            new Manifest(
                old.formatVersion(),
                old.generator(),
                old.target(),
                old.model(),
                old.limits(),
                old.kvCache(),
                old.plans(),
                old.kernels(),
                old.weights(),
                digests));
  }

  private static void write(Path file, Map<String, byte[]> payloads) throws IOException {
    List<ZipStructure.Entry> entries = new ArrayList<>();
    payloads.forEach((name, bytes) ->
        entries.add(
            new ZipStructure.Entry(
                name,
                bytes.length,
                0,
                name.equals(EntryNames.MANIFEST) ? Optional.of(bytes) : Optional.empty())));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ZipStructure.Layout layout = ZipStructure.write(channel, entries);
      for (int i = 0; i < entries.size(); i++) {
        byte[] bytes = payloads.get(entries.get(i).name());
        channel.write(
            ByteBuffer.wrap(bytes == null ? new byte[0] : bytes), layout.offsets().get(i));
      }
    }
  }
}
