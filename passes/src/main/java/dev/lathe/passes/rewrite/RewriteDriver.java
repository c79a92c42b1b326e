package dev.lathe.passes.rewrite;

import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Op;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Applies the rules of a set until none fits. A round looks at each op once; rewrites of one round
/// do not touch one another, and take effect together at its end.
public final class RewriteDriver {
  /// No sensible set of rules needs a hundredth of it.
  private static final int MAX_ROUNDS = 1000;

  private final RuleSet rules;
  private final int maxRounds;
  private final Map<Class<? extends Op>, List<Rule<?>>> index = new HashMap<>();
  private final Map<Rule<?>, RuleStatistics> statistics = new LinkedHashMap<>();

  private RewriteDriver(RuleSet rules, int maxRounds) {
    this.rules = rules;
    this.maxRounds = maxRounds;
    rules
        .rules()
        .forEach(rule ->
            statistics.put(rule, new RuleStatistics(rule.name(), rule.equation(), 0, 0, 0)));
  }

  /// The rewritten graph, and what each rule did.
  public record Result(Graph graph, List<RuleStatistics> rules) {
    public Result {
      rules = List.copyOf(rules);
    }
  }

  /// @throws IllegalStateException if the rules do not come to an end; names those that fired last
  public static Result run(Graph graph, RuleSet rules) {
    return run(graph, rules, MAX_ROUNDS);
  }

  static Result run(Graph graph, RuleSet rules, int maxRounds) {
    return new RewriteDriver(rules, maxRounds).run(graph);
  }

  private Result run(Graph graph) {
    Graph current = Rebuild.rebuild(graph, List.of(), Map.of());
    for (int round = 0; round < maxRounds; round++) {
      Round work = new Round(current);
      if (work.fired.isEmpty()) {
        return new Result(current, List.copyOf(statistics.values()));
      }
      current = Rebuild.rebuild(current, work.added, work.replacements);
      if (round == maxRounds - 1) {
        throw new IllegalStateException(
            "rule set '%s' does not end: after %d rounds, %s still fire"
                .formatted(rules.name(), maxRounds, work.fired));
      }
    }
    throw new IllegalArgumentException("no rounds");
  }

  /// One look at each op.
  private final class Round {
    private final Uses uses;
    private final Set<Value> taken = new HashSet<>();
    private final List<Node> added = new ArrayList<>();
    private final Map<Value, Value> replacements = new HashMap<>();
    private final Set<String> fired = new LinkedHashSet<>();

    Round(Graph graph) {
      this.uses = Uses.of(graph);
      graph.nodes().forEach(this::visit);
    }

    private void visit(Node node) {
      for (Rule<?> rule : index.computeIfAbsent(node.op().getClass(), rules::lookingAt)) {
        if (node.results().stream().anyMatch(taken::contains)) {
          return;
        }
        attempt(rule, node);
      }
    }

    private <O extends Op> void attempt(Rule<O> rule, Node node) {
      Match match = new Match(node, uses, taken);
      long start = System.nanoTime();
      Optional<Rewrite> rewrite =
          rule.apply(rule.root().cast(node.op()), match).filter(this::isDisjoint);
      long nanos = System.nanoTime() - start;
      statistics.computeIfPresent(rule, (_, known) -> known.plus(rewrite.isPresent(), nanos));
      rewrite.ifPresent(made -> record(rule, node, match, made));
    }

    private boolean isDisjoint(Rewrite rewrite) {
      return rewrite.replacements().keySet().stream().noneMatch(taken::contains);
    }

    private void record(Rule<?> rule, Node node, Match match, Rewrite rewrite) {
      fired.add(rule.name());
      added.addAll(rewrite.nodes());
      replacements.putAll(rewrite.replacements());
      taken.addAll(node.results());
      taken.addAll(match.fused());
      taken.addAll(rewrite.replacements().keySet());
    }
  }
}
