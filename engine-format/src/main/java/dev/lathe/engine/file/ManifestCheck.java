package dev.lathe.engine.file;

import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.WeightType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// What must hold in a manifest by itself, so that a loader can trust its numbers.
final class ManifestCheck {
  /// Threads of a block on every CUDA device.
  private static final int MAX_THREADS = 1024;

  private final Manifest manifest;
  private final Map<String, Long> entryBytes = new HashMap<>();

  private ManifestCheck(Manifest manifest) {
    this.manifest = manifest;
  }

  /// @throws IllegalArgumentException for the first thing that does not hold
  static void check(Manifest manifest) {
    ManifestCheck check = new ManifestCheck(manifest);
    check.entries();
    check.numbers();
    requireUnique("plan", manifest.plans(), Function.identity());
    requireUnique("kernel", manifest.kernels(), KernelEntry::name);
    requireUnique("weight", manifest.weights(), WeightEntry::name);
    require(!manifest.plans().isEmpty(), "there is no plan");
    manifest.plans().forEach(plan -> check.requireEntry(EntryNames.plan(plan)));
    check.requireEntry(EntryNames.GRAPH);
    check.requireEntry(EntryNames.PROVENANCE);
    check.requireEntry(EntryNames.TUNING);
    manifest.kernels().forEach(check::kernel);
    manifest.weights().forEach(check::weight);
  }

  private void entries() {
    for (Manifest.EntryDigest entry : manifest.entries()) {
      require(EntryNames.isLegal(entry.name()), "illegal entry name '" + entry.name() + "'");
      require(!entry.name().equals(EntryNames.MANIFEST), "the manifest lists itself");
      require(
          entry.sha256().length() == Trailer.DIGEST_CHARACTERS, entry.name() + " has no digest");
      require(
          entryBytes.put(entry.name(), entry.bytes()) == null, entry.name() + " is listed twice");
    }
  }

  private void numbers() {
    Manifest.Limits limits = manifest.limits();
    Manifest.KvCache cache = manifest.kvCache();
    require(
        limits.maxBatchSize() > 0
            && limits.maxSequenceLength() > 0
            && limits.maxInputLength() > 0
            && limits.maxTokens() > 0,
        "a limit is not positive: " + limits);
    require(
        cache.layers() >= 0
            && cache.heads() > 0
            && cache.headDim() > 0
            && cache.tokensPerBlock() > 0,
        "a size is not positive: " + cache);
    exact(
        () ->
            Math.multiplyExact(
                Math.multiplyExact(2L * cache.layers(), (long) cache.heads()),
                Math.multiplyExact(
                    Math.multiplyExact((long) cache.headDim(), cache.tokensPerBlock()),
                    (long) cache.dtype().bytes())),
        "a KV block");
    require(manifest.model().vocabularySize() > 0, "the vocabulary is empty");
    require(manifest.model().outputColumns() > 0, "the rows of the encoder are empty");
  }

  private void kernel(KernelEntry kernel) {
    requireEntry(EntryNames.ptx(kernel.name()));
    require(
        entryBytes.containsKey(EntryNames.cubin(kernel.name())) == kernel.cubin(),
        "kernel " + kernel.name() + " has machine code, or has not, against its word");
    require(
        kernel.threads() > 0 && kernel.threads() <= MAX_THREADS && kernel.sharedBytes() >= 0,
        "kernel " + kernel.name() + " cannot be launched: " + kernel);
  }

  private void weight(WeightEntry weight) {
    String segment = EntryNames.weights(weight.segment());
    requireEntry(segment);
    long room = entryBytes.getOrDefault(segment, 0L);
    require(
        weight.offset() >= 0
            && weight.offset() % WeightLayout.ALIGNMENT == 0
            && weight.bytes() >= 0
            && weight.offset() <= room
            && weight.bytes() <= room - weight.offset(),
        "weight " + weight.name() + " is not inside " + segment);
    long expected = exact(() -> typeBytes(weight), "weight " + weight.name());
    require(
        expected == weight.bytes(),
        "weight " + weight.name() + " has " + weight.bytes() + " bytes in place of " + expected);
  }

  private static long typeBytes(WeightEntry weight) {
    return new WeightType(weight.dtype(), weight.shape()).bytes();
  }

  private void requireEntry(String name) {
    require(entryBytes.containsKey(name), "entry " + name + " is missing");
  }

  /// A number that is computed without overflow.
  static long exact(LongSupplier number, String what) {
    try {
      return number.getAsLong();
    } catch (ArithmeticException | IllegalStateException problem) {
      throw new IllegalArgumentException(
          "size of " + what + " cannot be: " + problem.getMessage(), problem);
    }
  }

  static <T> void requireUnique(String what, List<T> items, Function<T, String> name) {
    Set<String> seen = new HashSet<>();
    for (T item : items) {
      require(seen.add(name.apply(item)), what + " " + name.apply(item) + " occurs twice");
    }
  }

  static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }
}
