package dev.lathe.runtime.cuda;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import java.util.Map;
import java.util.Optional;

/// A step that is to be timed with several kernels.
///
/// @param kind of step: `Linear`
/// @param max greatest sizes of the batches; times are taken at these
/// @param context tokens of a sequence
/// @param maxBlocksPerSequence width of a row of the block tables
public record TimedStep(
    String kind,
    Profile.Kind batches,
    Sizes max,
    int context,
    int maxBlocksPerSequence,
    Map<Ref, StepOperand> operands) {
  private static final int TYPICAL_CONTEXT = 1024;
  private static final int SHORT_CONTEXT = 256;

  public TimedStep {
    operands = Map.copyOf(operands);
  }

  /// With sequences of a typical length.
  public TimedStep(
      String kind,
      Profile.Kind batches,
      Sizes max,
      int maxBlocksPerSequence,
      Map<Ref, StepOperand> operands) {
    this(kind, batches, max, TYPICAL_CONTEXT, maxBlocksPerSequence, operands);
  }

  /// The same with short sequences; empty if that makes no difference: where what it computes does
  /// not grow with their length, or they have no room to be longer.
  public Optional<TimedStep> withShortSequences() {
    boolean grows = batches == Profile.Kind.DECODE && readsTables();
    return grows && (long) maxBlocksPerSequence * tokensPerBlock() > SHORT_CONTEXT
        ? Optional.of(
            new TimedStep(kind, batches, max, SHORT_CONTEXT, maxBlocksPerSequence, operands))
        : Optional.empty();
  }

  /// Width of the block tables that the step gets; 1 if it reads none.
  int tableWidth() {
    return readsTables() ? maxBlocksPerSequence : 1;
  }

  private boolean readsTables() {
    return operands.containsValue(new StepOperand.Input(BatchInput.BLOCK_TABLES));
  }

  /// Tokens of a block of the cache; of a usual one if the step has no cache.
  int tokensPerBlock() {
    return operands.values().stream()
        .filter(StepOperand.Cache.class::isInstance)
        .map(StepOperand.Cache.class::cast)
        .mapToInt(StepOperand.Cache::tokensPerBlock)
        .findFirst()
        .orElse(64);
  }
}
