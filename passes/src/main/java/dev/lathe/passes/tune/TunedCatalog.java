package dev.lathe.passes.tune;

import dev.lathe.engine.v1.KernelChoice;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.select.CandidateCatalog;
import dev.lathe.passes.select.KernelCandidate;
import dev.lathe.passes.select.KernelCatalog;
import dev.lathe.passes.select.Lowering;
import dev.lathe.passes.select.StepContext;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A catalog that gives each step the kernel that was chosen for its problem.
public final class TunedCatalog implements KernelCatalog {
  private final CandidateCatalog catalog;
  private final Map<String, KernelChoice> choices;

  /// @param choices by [Tuner], of the steps that will be asked for
  public TunedCatalog(CandidateCatalog catalog, List<KernelChoice> choices) {
    this.catalog = catalog;
    this.choices =
        choices.stream().collect(Collectors.toMap(KernelChoice::problem, Function.identity()));
  }

  @Override
  public Lowering lower(StepOp op, StepContext context) {
    KernelChoice choice = choices.get(ProblemText.of(op, context));
    if (choice == null) {
      throw new IllegalStateException("no kernel was chosen for " + context.step());
    }
    return catalog.candidates(op, context).all().stream()
        .filter(candidate -> isChosen(candidate, choice))
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                context.step() + " has no " + choice.template() + "(" + choice.config() + ")"))
        .lower();
  }

  @Override
  public boolean supports(StepOp op, StepContext context) {
    return choices.containsKey(ProblemText.of(op, context));
  }

  private static boolean isChosen(KernelCandidate candidate, KernelChoice choice) {
    return candidate.template().equals(choice.template())
        && candidate.config().equals(choice.config());
  }
}
