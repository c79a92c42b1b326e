package dev.lathe.cli.inspect;

import dev.lathe.engine.v1.KernelChoice;
import dev.lathe.engine.v1.KernelChoice.Candidate;
import dev.lathe.engine.v1.KernelChoice.Gpu;
import dev.lathe.engine.v1.KernelChoice.Nanos;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What an engine tells of a choice of kernels.
final class ChoiceText {
  private ChoiceText() {}

  static List<String> lines(KernelChoice choice) {
    List<String> lines = new ArrayList<>();
    lines.add("  chosen    " + basis(choice));
    choice.candidates().forEach(candidate -> lines.add(line(choice, candidate)));
    if (choice.others() > 0) {
      lines.add("  candidate " + choice.others() + " more, expected to be slower");
    }
    choice.refusals().forEach(refusal -> lines.add("  refused   " + refusal));
    return lines;
  }

  private static String basis(KernelChoice choice) {
    return switch (choice.basis()) {
      case ALONE -> "as there is no other candidate";
      case ESTIMATED -> "by estimate";
      case MEASURED -> "by time on " + choice.gpu().map(ChoiceText::gpu).orElse("a GPU");
    };
  }

  private static String gpu(Gpu gpu) {
    return String.format(
        Locale.ROOT,
        "%s with %d multiprocessors, CUDA %d.%d driver",
        gpu.name(),
        gpu.multiprocessors(),
        gpu.driver() / 1000,
        gpu.driver() % 1000 / 10);
  }

  private static String line(KernelChoice choice, Candidate candidate) {
    boolean chosen =
        candidate.template().equals(choice.template())
            && candidate.config().equals(choice.config());
    return "  candidate "
        + label(candidate.template(), candidate.config())
        + ", "
        + candidate.measured().map(nanos -> taken(nanos, candidate)).orElse(expected(candidate))
        + candidate.failure().map(reason -> ", is out: " + reason).orElse("")
        + (chosen ? ": chosen" : "");
  }

  private static String taken(Nanos nanos, Candidate candidate) {
    return String.format(
        Locale.ROOT,
        "takes %.1f us (%.1f to %.1f), expected %.1f us",
        nanos.median() / 1e3,
        nanos.p10() / 1e3,
        nanos.p90() / 1e3,
        candidate.estimatedNanos() / 1e3);
  }

  private static String expected(Candidate candidate) {
    return String.format(Locale.ROOT, "expected to take %.1f us", candidate.estimatedNanos() / 1e3);
  }

  /// Template and configuration: `linear.skinny(warps=8)`.
  static String label(String template, String config) {
    return config.isEmpty() ? template : template + "(" + config + ")";
  }
}
