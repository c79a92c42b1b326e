package dev.lathe.passes;

import static dev.lathe.ir.Stage.CANONICAL;
import static dev.lathe.ir.Stage.FUSED;
import static dev.lathe.ir.Stage.IMPORTED;

import dev.lathe.ir.Stage;
import dev.lathe.passes.canonical.BiasIntoLinear;
import dev.lathe.passes.canonical.GatherBefore;
import dev.lathe.passes.fuse.ActivationIntoLinear;
import dev.lathe.passes.fuse.ActivationIntoMultiply;
import dev.lathe.passes.fuse.AddIntoLayerNorm;
import dev.lathe.passes.fuse.AddIntoRmsNorm;
import dev.lathe.passes.fuse.FitRotaryTable;
import dev.lathe.passes.fuse.MergeGateAndUp;
import dev.lathe.passes.fuse.MergeQueryKeyValue;
import dev.lathe.passes.fuse.ResidualIntoExperts;
import dev.lathe.passes.fuse.ResidualIntoLinear;
import dev.lathe.passes.fuse.RopeIntoKvAppend;
import dev.lathe.passes.fuse.ScaleIntoLinear;
import dev.lathe.passes.rewrite.Rule;
import dev.lathe.passes.rewrite.RuleSet;
import java.util.List;

/// The compiler's table of contents: every pass over the graph, in order.
public final class Pipeline {
  private Pipeline() {}

  /// @param maxSequenceLength tokens of the longest sequence of the engine
  public static List<Pass> standard(long maxSequenceLength) {
    return List.of(
        pass("remove-dead-values", "drops unused ops, computes equal ones once", IMPORTED),
        pass(
            "canonicalize",
            "folds biases, computes the logit rows only",
            IMPORTED,
            new BiasIntoLinear(),
            new GatherBefore()),
        pass(
            "merge-projections",
            "makes one linear op of query, key and value, and one of gate and up",
            CANONICAL,
            new MergeQueryKeyValue(),
            new ActivationIntoMultiply(),
            new MergeGateAndUp()),
        pass(
            "fuse-attention",
            "normalises, rotates and appends in one step",
            CANONICAL,
            new RopeIntoKvAppend()),
        pass(
            "fuse-epilogues",
            "activates, scales and adds the residual stream in epilogues",
            CANONICAL,
            new ActivationIntoLinear(),
            new ScaleIntoLinear(),
            new ResidualIntoLinear(),
            new ResidualIntoExperts()),
        pass(
            "fuse-norms",
            "adds what is left while norms read",
            CANONICAL,
            new AddIntoRmsNorm(),
            new AddIntoLayerNorm()),
        new RequireSteps(),
        pass(
            "fit-tables",
            "gives the rotary table a row a position",
            FUSED,
            new FitRotaryTable(maxSequenceLength)));
  }

  private static Pass pass(String name, String summary, Stage requires, Rule<?>... rules) {
    return new RulePass(name, summary, requires, CANONICAL, RuleSet.of(name, rules));
  }
}
