package dev.lathe.passes.rewrite;

import dev.lathe.ir.Op;
import java.util.List;

/// Rules on one theme, in the order in which they are tried at each op.
public record RuleSet(String name, List<Rule<?>> rules) {
  public RuleSet {
    rules = List.copyOf(rules);
  }

  public static RuleSet of(String name, Rule<?>... rules) {
    return new RuleSet(name, List.of(rules));
  }

  /// The rules that look at ops of this class.
  List<Rule<?>> lookingAt(Class<? extends Op> op) {
    return rules.stream().filter(rule -> rule.root().isAssignableFrom(op)).toList();
  }
}
