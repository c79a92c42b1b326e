package dev.lathe.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.engine.v1.StepOp.Activation;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExpertOpsTest {
  private static final Ref LOGITS = Ref.buffer("logits");
  private static final Ref EXPERTS = Ref.buffer("experts");
  private static final Ref WEIGHTS = Ref.buffer("weights");
  private static final Ref PLACES = Ref.buffer("places");
  private static final Ref ROWS = Ref.buffer("rows");
  private static final Ref STARTS = Ref.buffer("starts");
  private static final Ref IN = Ref.buffer("in");
  private static final Ref WEIGHT = Ref.weight("w");
  private static final Ref OUT = Ref.buffer("out");

  private final IntTensor experts = new IntTensor(2, 2, new int[4]);
  private final FloatTensor weights = new FloatTensor(DType.F32, 2, 2);

  private void route(boolean normalise, float... logits) {
    FloatTensor in = new FloatTensor(DType.F32, 2, logits.length / 2, logits);
    CpuOps.run(
        new StepOp.RouteExperts(LOGITS, normalise, EXPERTS, WEIGHTS),
        Map.of(LOGITS, in, EXPERTS, experts, WEIGHTS, weights));
  }

  @Test
  void theGreatestAreChosenTheLowestIdFirstAmongEquals() {
    route(true, 1, 3, 3, 0, 2, 2, 2, 2);

    assertThat(experts.data()).containsExactly(1, 2, 0, 1);
    assertThat(weights.data()).containsExactly(0.5f, 0.5f, 0.5f, 0.5f);
  }

  @Test
  void weightsAreProbabilitiesAmongAllUnlessTheyAreNormalised() {
    float[] logits = {0, (float) Math.log(3), -100, 0, 0, 0};
    route(false, logits);
    assertThat(weights.data())
        .containsExactly(new float[] {0.75f, 0.25f, 1 / 3f, 1 / 3f}, within(1e-6f));
    route(true, logits);
    assertThat(weights.data())
        .containsExactly(new float[] {0.75f, 0.25f, 0.5f, 0.5f}, within(1e-6f));
  }

  @Test
  void noNumberIsNeverChosenBeforeANumber() {
    route(true, Float.NaN, -5, Float.NaN, -6, 1, Float.NaN, 0, Float.NaN);

    assertThat(experts.data()).containsExactly(1, 3, 0, 2);
  }

  @Test
  void rowsOfAnExpertLieTogetherInTheirOrder() {
    IntTensor chosen = new IntTensor(3, 2, new int[] {2, 0, 0, 3, 2, 3});
    IntTensor places = new IntTensor(3, 2, new int[6]);
    IntTensor rows = new IntTensor(6, 1, new int[6]);
    IntTensor starts = new IntTensor(5, 1, new int[] {9, 9, 9, 9, 9});
    CpuOps.run(
        new StepOp.GroupByExpert(EXPERTS, PLACES, ROWS, STARTS),
        Map.of(EXPERTS, chosen, PLACES, places, ROWS, rows, STARTS, starts));

    assertThat(starts.data()).containsExactly(0, 2, 2, 4, 6);
    assertThat(places.data()).containsExactly(2, 0, 1, 4, 3, 5);
    assertThat(rows.data()).containsExactly(0, 1, 0, 2, 1, 2);
  }

  @Test
  void eachPlaceIsMultipliedByTheMatrixOfItsExpert() {
    RandomTensors random = new RandomTensors(5);
    int columns = 300;
    FloatTensor in = random.floats(3, columns);
    FloatTensor weight = random.floats(3, 272 * columns);
    FloatTensor out = new FloatTensor(DType.F32, 4, 272);
    CpuOps.run(
        new StepOp.GroupedLinear(IN, Optional.of(ROWS), STARTS, WEIGHT, Activation.NONE, OUT),
        Map.of(
            IN,
            in,
            ROWS,
            new IntTensor(4, 1, new int[] {2, 0, 1, 2}),
            STARTS,
            new IntTensor(4, 1, new int[] {0, 1, 1, 4}),
            WEIGHT,
            weight,
            OUT,
            out));

    int[] expert = {0, 2, 2, 2};
    int[] row = {2, 0, 1, 2};
    for (int i = 0; i < 4 * 272; i++) {
      double sum = 0;
      for (int k = 0; k < columns; k++) {
        int at = (expert[i / 272] * 272 + i % 272) * columns + k;
        sum += (double) in.data()[row[i / 272] * columns + k] * weight.data()[at];
      }
      assertThat(out.data()[i]).isCloseTo((float) sum, within(1e-3f));
    }
  }

  @Test
  void resultsAreSummedByTheirWeightsOntoTheResidual() {
    FloatTensor in = new FloatTensor(DType.F32, 4, 2, new float[] {1, 2, 3, 4, 5, 6, 7, 8});
    FloatTensor out = new FloatTensor(DType.F32, 2, 2, new float[] {100, 200, 300, 400});
    FloatTensor by = new FloatTensor(DType.F32, 2, 2, new float[] {1, 10, 2, 3});
    CpuOps.run(
        new StepOp.CombineExperts(IN, PLACES, WEIGHTS, Optional.of(OUT), OUT),
        Map.of(IN, in, PLACES, new IntTensor(2, 2, new int[] {3, 0, 1, 2}), WEIGHTS, by, OUT, out));

    assertThat(out.data()).containsExactly(117, 228, 321, 426);
  }
}
