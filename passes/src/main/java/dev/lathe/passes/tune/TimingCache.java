package dev.lathe.passes.tune;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.json.EngineJson;
import dev.lathe.engine.json.RecordFormatException;
import dev.lathe.engine.v1.KernelChoice;
import dev.lathe.engine.v1.KernelChoice.Gpu;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Times of earlier builds: a JSON object a line, of which the last one counts for its key. Lines
/// are only ever added, so that a build that is cut short loses nothing but its last line.
public final class TimingCache {
  private final Map<Key, Entry> entries = new LinkedHashMap<>();

  /// What times are valid for.
  ///
  /// @param target `sm_90a`
  /// @param problem see [ProblemText]
  /// @param kernels digest of all candidates: a change of a template outdates the entry
  public record Key(Gpu gpu, String target, String problem, String kernels) {}

  /// A measured problem.
  ///
  /// @param template of the quickest candidate
  /// @param config its configuration
  /// @param nanos its time
  public record Entry(
      Key key, String template, String config, long nanos, List<Result> candidates) {
    public Entry {
      candidates = List.copyOf(candidates);
    }

    /// The line of the cache file, without a line feed. Has no date: equal times give equal lines.
    public String line() {
      return EngineJson.codec().printLine(this);
    }

    /// What measuring a candidate came to.
    Optional<Result> result(String wantedTemplate, String wantedConfig) {
      return candidates.stream()
          .filter(result -> result.template().equals(wantedTemplate))
          .filter(result -> result.config().equals(wantedConfig))
          .findFirst();
    }
  }

  /// A candidate of an entry: its time, or why it has none.
  public record Result(
      String template,
      String config,
      Optional<KernelChoice.Nanos> measured,
      Optional<String> failure) {}

  /// The cache that a file states. Text after the last line feed is what a build left that was cut
  /// short, and is passed over.
  ///
  /// @param file its name, for errors
  /// @throws LatheException `bad-timing-cache`, exit code 1, with the number of the wrong line
  public static TimingCache parse(String text, String file) {
    TimingCache cache = new TimingCache();
    List<String> lines = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      try {
        cache.add(EngineJson.codec().read(lines.get(i), Entry.class));
      } catch (RecordFormatException problem) {
        throw new LatheException(
            ExitCode.FAILURE,
            "bad-timing-cache",
            "line " + (i + 1) + " of " + file + " is no timing: " + problem.sentence(),
            "leave the file out, and let --tune full write a new one",
            problem);
      }
    }
    return cache;
  }

  public void add(Entry entry) {
    entries.remove(entry.key());
    entries.put(entry.key(), entry);
  }

  public Optional<Entry> find(Key key) {
    return Optional.ofNullable(entries.get(key));
  }

  /// In the order of their lines.
  public Collection<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /// The GPU of the last line for a target.
  public Optional<Gpu> lastGpu(String target) {
    return entries.values().stream()
        .map(Entry::key)
        .filter(key -> key.target().equals(target))
        .map(Key::gpu)
        .reduce((_, later) -> later);
  }

  /// True if there are times of this GPU for a target.
  public boolean knows(Gpu gpu, String target) {
    return entries.keySet().stream()
        .anyMatch(key -> key.gpu().equals(gpu) && key.target().equals(target));
  }
}
