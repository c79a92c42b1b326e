package dev.lathe.passes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.engine.weight.WeightEvaluator;
import dev.lathe.ir.ActivationFunction;
import dev.lathe.ir.Graph;
import java.util.Arrays;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MeaningTest {
  private static final Map<String, double[]> INPUTS =
      Map.of(
          "token_ids", new double[] {3, 99, 0, 41, 7},
          "positions", new double[] {0, 1, 2, 3, 4},
          "logit_rows", new double[] {4, 1});

  static Stream<Graph> models() {
    return Stream.concat(
        Stream.concat(
            Stream.of(
                    new ToyModel(2, 96, false, false),
                    new ToyModel(2, 90, true, false),
                    new ToyModel(1, 96, true, true))
                .map(ToyModel::graph),
            Stream.of(new ExpertToyModel(true), new ExpertToyModel(false))
                .map(ExpertToyModel::graph)),
        Arrays.stream(ActivationFunction.values())
            .flatMap(
                f -> Stream.of(new GptToyModel(f, true, false), new GptToyModel(f, false, true)))
            .map(GptToyModel::graph));
  }

  @ParameterizedTest
  @MethodSource("models")
  void noPassChangesWhatAModelComputes(Graph model) {
    Graph graph = model;
    double[] expected = logits(graph);
    assertThat(expected).hasSize(2 * ToyModel.VOCABULARY).doesNotContain(Double.NaN);
    assertThat(expected[0]).isNotZero();

    for (Pass pass : Pipeline.standard(64)) {
      graph = pass.run(graph).graph();
      assertThat(logits(graph))
          .as("after %s", pass.name())
          .containsExactly(expected, within(1e-12));
    }
  }

  private static double[] logits(Graph graph) {
    WeightEvaluator weights =
        new WeightEvaluator(name -> {
          throw new NoSuchElementException(name);
        });
    return ReferenceInterpreter.run(graph, INPUTS, weights);
  }
}
