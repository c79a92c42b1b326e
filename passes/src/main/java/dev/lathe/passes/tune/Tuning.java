package dev.lathe.passes.tune;

import dev.lathe.engine.json.EngineJson;
import dev.lathe.engine.v1.KernelChoice;
import java.util.List;

/// What [Tuner] decided.
///
/// @param choices one a problem, in the order in which the steps first have them
/// @param entries of the cache on which choices rest, taken from it or new, in the order of choices
public record Tuning(List<KernelChoice> choices, List<TimingCache.Entry> entries, Counts counts) {
  /// No steps, no kernels.
  public static final Tuning NONE = new Tuning(List.of(), List.of(), new Counts(0, 0, 0, 0));

  public Tuning {
    choices = List.copyOf(choices);
    entries = List.copyOf(entries);
  }

  /// How problems were decided.
  ///
  /// @param alone had one candidate
  /// @param timed in this build
  /// @param cached by times of the cache
  /// @param estimated had several candidates, and no times
  public record Counts(int alone, int timed, int cached, int estimated) {
    public int all() {
      return alone + timed + cached + estimated;
    }
  }

  /// The entry `tuning.jsonl` of the engine.
  public String lines() {
    StringBuilder text = new StringBuilder();
    choices.forEach(choice -> text.append(EngineJson.codec().printLine(choice)).append('\n'));
    return text.toString();
  }
}
