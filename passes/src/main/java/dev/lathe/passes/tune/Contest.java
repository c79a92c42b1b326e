package dev.lathe.passes.tune;

import dev.lathe.passes.select.CandidateCatalog.Candidates;
import dev.lathe.passes.select.KernelCandidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The candidates among which a kernel is chosen, of all that there are.
///
/// Estimates rank configurations of one template well, and different templates roughly. So the
/// candidates within a quarter of the least estimate are kept, and the best one of every template
/// that is not out of the question.
///
/// @param kept the least estimate first; the one that comes first in the catalog among equals
/// @param others how many were left out
/// @param refusals of templates, as the catalog gave them
public record Contest(List<KernelCandidate> kept, int others, List<String> refusals) {
  private static final int MOST = 12;
  private static final double MARGIN = 1.25;

  /// Estimates are not wrong by more than this factor.
  private static final double OUT_OF_THE_QUESTION = 8;

  public Contest {
    kept = List.copyOf(kept);
    refusals = List.copyOf(refusals);
  }

  /// @param candidates at least one
  static Contest of(Candidates candidates) {
    List<KernelCandidate> ranked =
        candidates.all().stream()
            .sorted(Comparator.comparingDouble(KernelCandidate::estimatedMicros))
            .toList();
    double least = ranked.getFirst().estimatedMicros();
    Set<Integer> chosen = bestOfTemplates(ranked, least * OUT_OF_THE_QUESTION);
    for (int i = 0; i < ranked.size() && chosen.size() < MOST; i++) {
      if (ranked.get(i).estimatedMicros() <= least * MARGIN) {
        chosen.add(i);
      }
    }
    List<KernelCandidate> kept = chosen.stream().sorted().map(ranked::get).toList();
    return new Contest(kept, ranked.size() - kept.size(), candidates.refusals());
  }

  private static Set<Integer> bestOfTemplates(List<KernelCandidate> ranked, double limit) {
    Set<Integer> best = new HashSet<>();
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < ranked.size(); i++) {
      KernelCandidate candidate = ranked.get(i);
      if (!seen.contains(candidate.template()) && candidate.estimatedMicros() <= limit) {
        seen.add(candidate.template());
        best.add(i);
      }
    }
    return best;
  }

  KernelCandidate best() {
    return kept.getFirst();
  }
}
