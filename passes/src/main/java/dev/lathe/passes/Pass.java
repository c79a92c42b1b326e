package dev.lathe.passes;

import dev.lathe.ir.Graph;
import dev.lathe.ir.Stage;
import dev.lathe.passes.rewrite.RuleStatistics;
import java.util.List;

/// One step of the compiler, from graph to graph. Has no state.
public interface Pass {

  /// Lower-case words with hyphens: `fuse-attention`.
  String name();

  /// One sentence: what it does to the graph.
  String summary();

  /// The least stage of a graph that it takes.
  Stage requires();

  /// The least stage of the graph that it gives.
  Stage establishes();

  Outcome run(Graph graph);

  /// What a pass did.
  ///
  /// @param rules of a pass that is a set of rules: how each fared
  record Outcome(Graph graph, List<RuleStatistics> rules) {
    public Outcome {
      rules = List.copyOf(rules);
    }

    public static Outcome of(Graph graph) {
      return new Outcome(graph, List.of());
    }
  }
}
