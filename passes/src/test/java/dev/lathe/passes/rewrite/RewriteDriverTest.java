package dev.lathe.passes.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementwiseOp.Activate;
import dev.lathe.ir.ElementwiseOp.Add;
import dev.lathe.ir.ElementwiseOp.Multiply;
import dev.lathe.ir.Graph;
import dev.lathe.ir.MoveOp.SliceColumns;
import dev.lathe.ir.Node;
import dev.lathe.ir.Op;
import dev.lathe.ir.text.IrParser;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class RewriteDriverTest {
  private static final Graph GRAPH =
      IrParser.parse(
          """
          graph imported {
            input %x : tensor<T x 16 x bf16>
            input %y : tensor<T x 16 x bf16>
            %0 = activate %x {function = silu} : tensor<T x 16 x bf16> at a
            %1 = activate %x {function = silu} : tensor<T x 16 x bf16> at b
            %2 = activate %y {function = silu} : tensor<T x 16 x bf16> at dead
            %3 = multiply %0, %1 : tensor<T x 16 x bf16> at c
            %4 = add %3, %y : tensor<T x 16 x bf16> at d
            return %4
          }
          """);

  private static <O extends Op> Rule<O> rule(
      String equation, Class<O> root, BiFunction<O, Match, Optional<Rewrite>> body) {
    return new Rule<>() {
      @Override
      public String equation() {
        return equation;
      }

      @Override
      public Class<O> root() {
        return root;
      }

      @Override
      public Optional<Rewrite> apply(O op, Match match) {
        return body.apply(op, match);
      }

      @Override
      public String name() {
        return equation;
      }
    };
  }

  private static RewriteDriver.Result run(Rule<?>... rules) {
    return RewriteDriver.run(GRAPH, RuleSet.of("test", rules));
  }

  @Test
  void withoutRulesDeadOpsGoAndEqualOnesAreComputedOnce() {
    assertThat(run().graph().nodes())
        .extracting(node -> node.op().mnemonic())
        .containsExactly("activate", "multiply", "add");
    assertThat(run().graph().inputs()).hasSize(2);
  }

  @Test
  void aRuleSeesOnlyOpsOfItsRootClass() {
    RewriteDriver.Result result = run(rule("none", Multiply.class, (_, _) -> Optional.empty()));

    assertThat(result.rules().getFirst().tries()).isEqualTo(1);
    assertThat(result.rules().getFirst().fires()).isZero();
  }

  @Test
  void aSealedFamilyAsRootStandsForAllItsOps() {
    assertThat(run(rule("none", Op.class, (_, _) -> Optional.empty())).rules().getFirst().tries())
        .isEqualTo(3);
  }

  @Test
  void rulesApplyToWhatOtherRulesMade() {
    RewriteDriver.Result result =
        run(
            rule(
                "multiply -> add",
                Multiply.class,
                (op, match) -> Optional.of(match.replaceWith(new Add(op.left(), op.right())))),
            rule(
                "add(add) -> multiply(add)",
                Add.class,
                (op, match) ->
                    match
                        .only(op.left(), Add.class)
                        .map(_ -> match.replaceWith(new SliceColumns(op.left(), 0, 16)))));

    assertThat(result.graph().nodes())
        .extracting(node -> node.op().mnemonic())
        .containsExactly("activate", "add", "slice_columns");
    assertThat(result.rules()).extracting(RuleStatistics::fires).containsExactly(1L, 1L);
  }

  @Test
  void rulesWithoutEndAreStoppedAndNamed() {
    Rule<Add> swap =
        rule(
            "swap",
            Add.class,
            (op, match) -> Optional.of(match.replaceWith(new Add(op.right(), op.left()))));

    assertThatThrownBy(() -> RewriteDriver.run(GRAPH, RuleSet.of("loop", swap), 20))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("rule set 'loop' does not end: after 20 rounds, [swap] still fire");
  }

  @Test
  void aReplacementOfAnotherTypeIsRefused() {
    Rule<Activate> narrow =
        rule(
            "narrow",
            Activate.class,
            (op, match) -> Optional.of(match.replaceWith(new SliceColumns(op.in(), 0, 8))));

    assertThatThrownBy(() -> run(narrow))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("tensor<T x 8 x bf16>) cannot take the place of");
  }

  @Test
  void onlyRefusesAValueWithTwoUsers() {
    Rule<Multiply> rule =
        rule(
            "square",
            Multiply.class,
            (op, match) -> {
              assertThat(match.only(op.left(), Activate.class)).isEmpty();
              assertThat(match.shared(op.left(), Activate.class)).isPresent();
              assertThat(match.shared(op.left(), Add.class)).isEmpty();
              return Optional.empty();
            });

    assertThat(run(rule).rules().getFirst().tries()).isEqualTo(1);
  }

  @Test
  void rewritesOfOneRoundDoNotTouchOneAnother() {
    Rule<Op> eat =
        rule(
            "f(g(x)) -> slice(x)",
            Op.class,
            (op, match) ->
                match
                    .only(op.operands().getFirst(), Op.class)
                    .filter(
                        inner -> !(inner instanceof SliceColumns) && !inner.operands().isEmpty())
                    .map(inner ->
                        match.replaceWith(new SliceColumns(inner.operands().getFirst(), 0, 16))));

    Graph chain =
        IrParser.parse(
            """
            graph imported {
              input %x : tensor<T x 16 x bf16>
              %0 = activate %x {function = silu} : tensor<T x 16 x bf16> at s1
              %1 = activate %0 {function = silu} : tensor<T x 16 x bf16> at s2
              %2 = activate %1 {function = silu} : tensor<T x 16 x bf16> at s3
              %3 = activate %2 {function = silu} : tensor<T x 16 x bf16> at s4
              return %3
            }
            """);

    RewriteDriver.Result result = RewriteDriver.run(chain, RuleSet.of("test", eat));

    assertThat(result.graph().nodes()).extracting(Node::label).containsExactly("s2", "s4");
    assertThat(result.rules().getFirst().fires()).isEqualTo(2);
  }
}
