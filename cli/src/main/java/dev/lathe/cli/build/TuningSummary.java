package dev.lathe.cli.build;

import com.google.gson.JsonObject;
import dev.lathe.cli.build.TargetOptions.TuneMode;
import dev.lathe.passes.tune.Tuning.Counts;
import java.util.ArrayList;
import java.util.List;

/// How the kernels of a build were chosen.
///
/// @param mode what `--tune` came to
record TuningSummary(TuneMode mode, Counts counts) {

  /// `31 problems: 20 timed, 3 by estimate (no time left, or none could be timed), 8 with one
  /// candidate`.
  String text() {
    if (counts.all() == 0) {
      return "no kernels";
    }
    List<String> parts = new ArrayList<>();
    add(parts, counts.timed(), "timed");
    add(parts, counts.cached(), "by the timing cache");
    add(parts, counts.estimated(), "by estimate" + whyEstimated());
    add(parts, counts.alone(), "with one candidate");
    return counts.all() + " problems: " + String.join(", ", parts);
  }

  private static void add(List<String> parts, int count, String how) {
    if (count > 0) {
      parts.add(count + " " + how);
    }
  }

  private String whyEstimated() {
    return switch (mode) {
      case OFF, AUTO -> "";
      case CACHED -> " (not in the timing cache)";
      case FULL -> " (no time left, or no candidate runs)";
    };
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("mode", mode.toString());
    json.addProperty("problems", counts.all());
    json.addProperty("timed", counts.timed());
    json.addProperty("cached", counts.cached());
    json.addProperty("estimated", counts.estimated());
    json.addProperty("one_candidate", counts.alone());
    return json;
  }
}
