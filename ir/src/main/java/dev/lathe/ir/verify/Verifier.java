package dev.lathe.ir.verify;

import dev.lathe.ir.Graph;
import dev.lathe.ir.text.IrPrinter;
import java.util.List;
import java.util.stream.Collectors;

/// Runs all checks that a graph's stage asks for.
public final class Verifier {
  private static final List<Check> CHECKS =
      List.of(
          new LeavesAreUnique(),
          new OperandsAreDefined(),
          new TypesAreInferred(),
          new CachesAreAppendedOnce(),
          new ValuesAreLive(),
          new NodesAreSteps());

  private Verifier() {}

  /// What is wrong with the graph; empty if nothing is.
  public static List<Violation> check(Graph graph) {
    return CHECKS.stream()
        .filter(check -> check.since().compareTo(graph.stage()) <= 0)
        .flatMap(check -> check.check(graph).stream())
        .toList();
  }

  /// Passes a sound graph on.
  ///
  /// @param after what produced the graph, for the message
  /// @throws IllegalStateException with every violation and its line of the graph
  public static Graph require(Graph graph, String after) {
    List<Violation> violations = check(graph);
    if (!violations.isEmpty()) {
      throw new IllegalStateException(
          "the graph is wrong after " + after + ":\n" + describe(graph, violations));
    }
    return graph;
  }

  /// One line a violation, each followed by the line of its node.
  public static String describe(Graph graph, List<Violation> violations) {
    return violations.stream()
        .map(violation -> describe(graph, violation))
        .collect(Collectors.joining("\n"));
  }

  private static String describe(Graph graph, Violation violation) {
    String line = violation.node().map(node -> "\n    " + IrPrinter.print(graph, node)).orElse("");
    return violation.label() + ": " + violation.sentence() + line;
  }
}
