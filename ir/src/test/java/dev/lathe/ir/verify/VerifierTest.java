package dev.lathe.ir.verify;

import static dev.lathe.ir.ActivationFunction.SILU;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementwiseOp.Activate;
import dev.lathe.ir.ElementwiseOp.Add;
import dev.lathe.ir.Graph;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.Node;
import dev.lathe.ir.RandomGraph;
import dev.lathe.ir.Stage;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TinyLlama;
import dev.lathe.ir.Value;
import dev.lathe.ir.text.IrParser;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VerifierTest {
  private final Value in =
      Value.leaf(new LeafOp.Input("x", TensorType.of(DType.BF16, Dim.TOKENS, Dim.of(4))));
  private final Node first = Node.of("first", new Activate(in, SILU));
  private final Node second = Node.of("second", new Add(first.result(), in));

  @Test
  void soundGraphsPass() {
    assertThat(Verifier.check(TinyLlama.graph(3))).isEmpty();
    assertThat(Verifier.check(TinyLlama.graph(3).at(Stage.CANONICAL))).isEmpty();
    for (int seed = 0; seed < 50; seed++) {
      assertThat(Verifier.check(RandomGraph.of(new Random(seed), 40))).isEmpty();
    }
  }

  @Test
  void g1RefusesNodesInTheWrongOrder() {
    assertThat(labels(graph(Stage.IMPORTED, second, first))).containsExactly("G1");
  }

  @Test
  void g1RefusesAnOutputThatNoNodeDefines() {
    assertThat(labels(graph(Stage.IMPORTED, first))).containsExactly("G1");
  }

  @Test
  void g2RefusesResultsOfAnotherType() {
    Node wrong =
        new Node("first", new Activate(in, SILU), List.of(second.result(), second.result()));
    Graph graph = new Graph(List.of(in), List.of(wrong), wrong.results(), Stage.IMPORTED);

    assertThat(labels(graph)).containsExactly("G2");
  }

  @Test
  void aBrokenConstraintKeepsItsLabel() {
    Value narrow =
        Value.leaf(new LeafOp.Input("y", TensorType.of(DType.BF16, Dim.TOKENS, Dim.of(2))));
    Node wrong = new Node("sum", new Add(in, narrow), first.results());
    Graph graph = new Graph(List.of(in, narrow), List.of(wrong), wrong.results(), Stage.IMPORTED);

    assertThat(labels(graph)).containsExactly("C2");
  }

  @Test
  void g3RefusesDeadValuesOnceTheGraphIsCanonical() {
    Node dead = Node.of("dead", new Activate(in, SILU));

    assertThat(labels(graph(Stage.IMPORTED, dead, first, second))).isEmpty();
    assertThat(labels(graph(Stage.CANONICAL, dead, first, second))).containsExactly("G3");
  }

  @Test
  void g4RefusesTwoLeavesOfOneName() {
    TensorType type = TensorType.of(DType.BF16, 4);
    Value a = Value.leaf(new LeafOp.Weight("w", type, new WeightExpr.Tensor("a")));
    Value b = Value.leaf(new LeafOp.Weight("w", type, new WeightExpr.Tensor("b")));
    Graph graph = new Graph(List.of(in, a, b), List.of(), List.of(in), Stage.IMPORTED);

    assertThat(labels(graph)).containsExactly("G4");
  }

  @Test
  void g5RefusesACacheStateThatWasAppendedTo() {
    Graph graph =
        IrParser.parse(
            """
            graph imported {
              input %x : tensor<T x 16 x bf16>
              cache %kv.0.keys : tensor<K x 2 x 8 x bf16>
              cache %kv.0.values : tensor<K x 2 x 8 x bf16>
              %0, %1 = kv_append %x, %x, %kv.0.keys, %kv.0.values
                  : tensor<K x 2 x 8 x bf16>, tensor<K x 2 x 8 x bf16> at a
              %2 = paged_attention %x, %kv.0.keys, %1
                  {heads = heads(2, 2, 8), scale = 1.0, window = 0} : tensor<T x 16 x bf16> at b
              return %2
            }
            """);

    assertThat(labels(graph)).containsExactly("G5");
  }

  @Test
  void g6RefusesOpsThatAreNoStepsOnceTheGraphIsFused() {
    assertThat(labels(TinyLlama.graph(1).at(Stage.FUSED))).containsOnly("G6").hasSize(3);
  }

  @Test
  void theMessageShowsTheLineOfTheNode() {
    Graph graph = graph(Stage.IMPORTED, second, first);

    assertThatThrownBy(() -> Verifier.require(graph, "reorder"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("after reorder:\nG1: operand (activate#0 : tensor<T x 4 x bf16>)")
        .hasMessageContaining("\n    %0 = add %1, %x : tensor<T x 4 x bf16> at second");
  }

  private Graph graph(Stage stage, Node... nodes) {
    return new Graph(List.of(in), List.of(nodes), second.results(), stage);
  }

  private static List<String> labels(Graph graph) {
    return Verifier.check(graph).stream().map(Violation::label).toList();
  }
}
