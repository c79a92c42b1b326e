package dev.lathe.cli.bench;

import dev.lathe.cli.option.UsageError;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Profile;
import dev.lathe.runtime.measure.Workload;
import java.util.List;
import java.util.Optional;

/// The plan whose steps are measured, and the batch that they work on: sequences of equal length.
/// In a plan for decoding each has one new token after others; else all its tokens are new.
///
/// @param context tokens of each sequence, its new ones included
record KernelBatch(Plan plan, Sizes sizes, int context) {
  private static final int TYPICAL_CONTEXT = 1024;

  /// What the options say.
  ///
  /// @param plans of the engine, in the order in which a batch tries them
  /// @param longest tokens that a sequence may have
  /// @throws UsageError if there is no such plan, or it does not take such a batch
  static KernelBatch of(KernelsOptions options, List<Plan> plans, int longest) {
    UsageError.inRange("--context", options.context, 1, longest);
    if (options.profile.isPresent()) {
      Plan plan = named(options.profile.get(), plans);
      return plan.profile().kind() == Profile.Kind.DECODE
          ? decode(options, plan, longest)
          : prompts(options, plan, longest);
    }
    Sizes sizes =
        isDecode(options)
            ? decodeSizes(options.sequences.orElse(1))
            : promptSizes(options, options.tokens.orElseThrow(), longest);
    Profile.Kind kind = isDecode(options) ? Profile.Kind.DECODE : Profile.Kind.MIXED;
    Plan plan =
        plans.stream()
            .filter(one -> one.profile().fits(kind, sizes))
            .findFirst()
            .orElseThrow(() -> noPlan(sizes, plans));
    return plan.profile().kind() == Profile.Kind.DECODE
        ? new KernelBatch(plan, sizes, decodeContext(options, longest))
        : new KernelBatch(plan, sizes, length(sizes));
  }

  /// True unless more tokens than sequences are asked for.
  private static boolean isDecode(KernelsOptions options) {
    return options.tokens.isEmpty() || options.tokens.equals(options.sequences);
  }

  private static Plan named(String name, List<Plan> plans) {
    Optional<Plan> exact =
        plans.stream().filter(plan -> plan.profile().name().equals(name)).findFirst();
    return exact
        .or(() -> plans.stream().filter(p -> p.profile().name().startsWith(name)).findFirst())
        .orElseThrow(() -> new UsageError("the engine has no plan '" + name + "'", names(plans)));
  }

  private static String names(List<Plan> plans) {
    return "its plans are "
        + String.join(", ", plans.stream().map(plan -> plan.profile().name()).toList());
  }

  private static UsageError noPlan(Sizes sizes, List<Plan> plans) {
    return new UsageError(
        "the engine takes no batch of "
            + sizes.tokens()
            + " tokens and "
            + sizes.sequences()
            + " sequences",
        names(plans));
  }

  private static KernelBatch decode(KernelsOptions options, Plan plan, int longest) {
    int most = Math.toIntExact(plan.profile().max().sequences());
    int sequences = options.sequences.or(() -> options.tokens).orElse(most);
    if (!isDecode(options) && options.sequences.isPresent()) {
      throw UsageError.conflict(
          "--tokens", "--sequences", "in " + plan.profile().name() + " they are equal");
    }
    UsageError.inRange("--sequences", sequences, 1, most);
    return new KernelBatch(plan, decodeSizes(sequences), decodeContext(options, longest));
  }

  private static KernelBatch prompts(KernelsOptions options, Plan plan, int longest) {
    Sizes max = plan.profile().max();
    int most = Math.toIntExact(max.tokens());
    int tokens = options.tokens.orElse(most);
    UsageError.inRange("--tokens", tokens, 1, most);
    Sizes sizes = promptSizes(options, tokens, longest);
    if (!plan.profile().fits(Profile.Kind.MIXED, sizes)) {
      throw noPlan(sizes, List.of(plan));
    }
    return new KernelBatch(plan, sizes, length(sizes));
  }

  private static Sizes decodeSizes(int sequences) {
    return new Sizes(sequences, sequences, sequences);
  }

  private static int decodeContext(KernelsOptions options, int longest) {
    return options.context.orElse(Math.min(TYPICAL_CONTEXT, longest));
  }

  /// Prompts as long as is asked for, or as many as are asked for.
  private static Sizes promptSizes(KernelsOptions options, int tokens, int longest) {
    if (options.sequences.isPresent() && options.context.isPresent()) {
      throw UsageError.conflict(
          "--sequences", "--context", "each follows from the other where prompts are measured");
    }
    int typical = Math.min(TYPICAL_CONTEXT, longest);
    int sequences = options.sequences.orElse(Math.ceilDiv(tokens, options.context.orElse(typical)));
    UsageError.inRange("--sequences", sequences, Math.ceilDiv(tokens, longest), tokens);
    return new Sizes(tokens, sequences, sequences);
  }

  private static int length(Sizes sizes) {
    return Math.toIntExact(Math.ceilDiv(sizes.tokens(), sizes.sequences()));
  }

  boolean isDecode() {
    return plan.profile().kind() == Profile.Kind.DECODE;
  }

  Workload load() {
    long contextTokens = isDecode() ? sizes.sequences() * context : sizes.tokens();
    return new Workload(sizes, contextTokens);
  }

  /// `decode.8: 8 sequences of 1024 tokens, one of them new`.
  String text() {
    return "%s: %d %s of %d tokens, %s"
        .formatted(
            plan.profile().name(),
            sizes.sequences(),
            sizes.sequences() == 1 ? "sequence" : "sequences",
            context,
            isDecode() ? "one of them new" : "all of them new");
  }
}
