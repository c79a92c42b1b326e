package dev.lathe.passes;

import dev.lathe.ir.Graph;
import dev.lathe.ir.Stage;
import dev.lathe.passes.rewrite.RewriteDriver;
import dev.lathe.passes.rewrite.RuleSet;

/// A pass that is a set of rules, applied until none fits. Dead and equal values go in any case.
public record RulePass(
    String name, String summary, Stage requires, Stage establishes, RuleSet rules) implements Pass {

  @Override
  public Outcome run(Graph graph) {
    RewriteDriver.Result result = RewriteDriver.run(graph, rules);
    return new Outcome(result.graph(), result.rules());
  }
}
