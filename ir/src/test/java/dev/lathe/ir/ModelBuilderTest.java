package dev.lathe.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.ir.TensorLookup.Found;
import dev.lathe.ir.TensorProblem.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelBuilderTest {

  @Test
  void aLlamaYieldsLogitsOfTheAskedRows() {
    Graph graph = TinyLlama.graph(2);

    assertThat(graph.outputs()).hasSize(1);
    assertThat(graph.outputs().getFirst().type().text()).isEqualTo("tensor<R x 100 x f32>");
    assertThat(graph.caches()).extracting(LeafOp.KvCache::layer).containsExactly(0, 0, 1, 1);
    assertThat(graph.weights())
        .extracting(LeafOp.Weight::name)
        .contains("embedding", "layers.1.attention.q", "layers.0.mlp.down", "rotary");
    assertThat(graph.stage()).isEqualTo(Stage.IMPORTED);
  }

  @Test
  void aWeightOfTheModelsTypeIsTakenAsItIsAndAnyOtherIsCast() {
    assertThat(sourceOfNorm(DType.BF16)).isEqualTo(new WeightExpr.Tensor("model.norm.weight"));
    assertThat(sourceOfNorm(DType.F32))
        .isEqualTo(new WeightExpr.Cast(new WeightExpr.Tensor("model.norm.weight"), DType.BF16));
  }

  private static WeightExpr sourceOfNorm(DType stored) {
    ModelBuilder model = ModelBuilder.fromCheckpoint(DType.BF16, TinyLlama.checkpoint(stored, 1));
    TinyLlama.define(model, 1);
    return model.build().weights().stream()
        .filter(weight -> weight.name().equals("norm"))
        .map(LeafOp.Weight::source)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void allProblemsOfACheckpointAreReportedAtOnce() {
    TensorLookup complete = TinyLlama.checkpoint(DType.BF16, 1);
    TensorLookup broken =
        tensor ->
            switch (tensor) {
              case "model.norm.weight" -> Optional.empty();
              case "model.layers.0.mlp.up_proj.weight" ->
                  Optional.of(new Found(DType.BF16, List.of(96L, 63L)));
              case "model.layers.0.mlp.down_proj.weight" ->
                  Optional.of(new Found(DType.I8, List.of(64L, 96L)));
              default -> complete.find(tensor);
            };
    ModelBuilder model = ModelBuilder.fromCheckpoint(DType.BF16, broken);
    TinyLlama.define(model, 1);

    assertThatThrownBy(model::build)
        .isInstanceOfSatisfying(
            CheckpointMismatchException.class,
            e ->
                assertThat(e.problems())
                    .extracting(TensorProblem::kind)
                    .containsExactly(Kind.SHAPE, Kind.DTYPE, Kind.MISSING))
        .hasMessageContaining("'model.norm.weight' (64) is missing")
        .hasMessageContaining("should be (96, 64) but is bf16 (96, 63)");
  }

  @Test
  void tensorsThatNoWeightUsesAreListed() {
    ModelBuilder model =
        ModelBuilder.fromCheckpoint(DType.BF16, TinyLlama.checkpoint(DType.F32, 1));
    TinyLlama.define(model, 1);

    assertThat(model.unused(List.of("zebra", "model.norm.weight", "model.inv_freq")))
        .containsExactly("model.inv_freq", "zebra");
  }

  @Test
  void aWrongOperandIsRefusedWithTheConstraintsLabel() {
    ModelBuilder model = ModelBuilder.withRandomWeights(DType.BF16, 1);
    Value h = model.embedding("embedding", "e", 10, 8);
    Value other = model.linear("wide", h, "w", 16, false);

    assertThatThrownBy(() -> model.add("sum", h, other))
        .isInstanceOf(TypeException.class)
        .hasMessage("add C2: right is tensor<T x 16 x bf16>, not tensor<T x 8 x bf16>");
  }

  @Test
  void twoWeightsOfOneNameMustBeTheSame() {
    ModelBuilder model = ModelBuilder.withRandomWeights(DType.BF16, 1);
    Value first = model.weight("w", "a", 4, 4);

    assertThat(model.weight("w", "a", 4, 4)).isSameAs(first);
    assertThatThrownBy(() -> model.weight("w", "b", 4, 4)).hasMessageContaining("@w is already");
  }

  @Test
  void aWeightMustHaveTheTypeOfItsExpression() {
    ModelBuilder model =
        ModelBuilder.fromCheckpoint(DType.BF16, TinyLlama.checkpoint(DType.F32, 1));
    WeightExpr norm = model.tensor("model.norm.weight", 64);

    assertThat(model.weight("half", new WeightExpr.Slice(norm, 0, 0, 32), 32).type().columns())
        .isEqualTo(32);
    assertThatThrownBy(() -> model.weight("half", new WeightExpr.Slice(norm, 0, 0, 32), 33))
        .hasMessage("weight 'half' should be bf16 [33] but is bf16 [32]");
    assertThatThrownBy(() -> model.weight("t", new WeightExpr.Transpose(norm), 64))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("weight 't': ");
    assertThatThrownBy(() -> model.weight("w", new WeightExpr.Tensor("model.norm.weights"), 64))
        .hasMessage("weight 'w': tensor 'model.norm.weights' was not declared");
  }

  @Test
  void madeUpWeightsDependOnSeedAndName() {
    ModelWeights weights = new ModelWeights.Random(3);

    assertThat(weights.tensor("a", DType.BF16, 0, 4))
        .isEqualTo(weights.tensor("a", DType.BF16, 0, 4));
    assertThat(weights.tensor("a", DType.BF16, 0, 4))
        .isNotEqualTo(weights.tensor("b", DType.BF16, 0, 4));
  }
}
