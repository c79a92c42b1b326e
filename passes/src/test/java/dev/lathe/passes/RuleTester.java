package dev.lathe.passes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.Graph;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.text.IrParser;
import dev.lathe.ir.text.IrPrinter;
import dev.lathe.ir.text.LiteralPrinter;
import dev.lathe.ir.verify.Verifier;
import dev.lathe.passes.rewrite.RewriteDriver;
import dev.lathe.passes.rewrite.Rule;
import dev.lathe.passes.rewrite.RuleSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Applies one rule to a graph that is written as text, without the braces around it.
public final class RuleTester {
  private static final String NODE = " +(%.*?)(?: : tensor<.*)? at [\\w.]+";

  private final Rule<?> rule;

  private RuleTester(Rule<?> rule) {
    this.rule = rule;
  }

  public static RuleTester of(Rule<?> rule) {
    return new RuleTester(rule);
  }

  /// Checks that the rule fires, and what the nodes are then: lines without types and labels.
  public void rewrites(String before, String nodes) {
    assertThat(nodes(apply(before, true))).isEqualTo(nodes);
  }

  /// Checks that the rule leaves the graph alone.
  public void keeps(String before) {
    apply(before, false);
  }

  /// The graph after the rule.
  public Graph apply(String before, boolean fires) {
    Graph graph = Verifier.require(parse(before), "writing the test");
    RewriteDriver.Result result = RewriteDriver.run(graph, RuleSet.of("test", rule));
    assertThat(result.rules().getFirst().fires() > 0).as("%s fires", rule.name()).isEqualTo(fires);
    return Verifier.require(result.graph(), rule.name());
  }

  private static Graph parse(String body) {
    return IrParser.parse("graph imported {\n" + body + "}\n");
  }

  static String nodes(Graph graph) {
    return IrPrinter.print(graph)
        .lines()
        .filter(line -> line.matches(NODE))
        .map(line -> line.replaceFirst(NODE, "$1\n"))
        .collect(Collectors.joining());
  }

  /// Sources of all weights by name.
  public static Map<String, String> weights(Graph graph) {
    Map<String, String> sources = new TreeMap<>();
    for (LeafOp.Weight weight : graph.weights()) {
      sources.put(weight.name(), LiteralPrinter.print(weight.source()));
    }
    return sources;
  }
}
