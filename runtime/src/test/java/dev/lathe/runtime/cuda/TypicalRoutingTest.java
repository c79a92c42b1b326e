package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.runtime.cuda.TypicalRouting.Part;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TypicalRoutingTest {
  private final TypicalRouting routing = new TypicalRouting(500, 4, 16);

  @Test
  void expertsHaveAboutAsManyRows() {
    int[] starts = routing.values(Part.STARTS);

    assertThat(starts).hasSize(17).startsWith(0).endsWith(2000).isSorted();
    for (int e = 0; e < 16; e++) {
      assertThat(starts[e + 1] - starts[e]).isBetween(60, 200);
    }
  }

  @Test
  void aRowHasDifferentExperts() {
    int[] chosen = routing.values(Part.CHOSEN);
    for (int row = 0; row < 500; row++) {
      assertThat(IntStream.of(chosen).skip(4L * row).limit(4).distinct().count()).isEqualTo(4);
    }
  }

  @Test
  void rowsAndPlacesAreThoseOfTheSortedAssignments() {
    int[] places = routing.values(Part.PLACES);
    int[] rows = routing.values(Part.ROWS);

    assertThat(IntStream.of(places).sorted().toArray())
        .isEqualTo(IntStream.range(0, 2000).toArray());
    for (int i = 0; i < 2000; i++) {
      assertThat(rows[places[i]]).isEqualTo(i / 4);
    }
  }

  @Test
  void aProductIsTimedWithRowsThatExist() {
    Ref in = Ref.buffer("in");
    Ref rows = Ref.buffer("rows");
    Ref starts = Ref.buffer("starts");
    Ref out = Ref.buffer("out");
    Map<Ref, List<SizeExpr>> shapes =
        Map.of(
            in, List.of(SizeExpr.TOKENS, SizeExpr.of(64)),
            rows, List.of(SizeExpr.TOKENS.times(2)),
            starts, List.of(SizeExpr.of(9)),
            out, List.of(SizeExpr.TOKENS.times(2), SizeExpr.of(32)));
    StepOp op =
        new StepOp.GroupedLinear(
            in, Optional.of(rows), starts, Ref.weight("w"), StepOp.Activation.NONE, out);

    assertThat(
            TypicalRouting.operands(
                op, ref -> shapes.getOrDefault(ref, List.of()), new Sizes(100, 4, 4)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                rows, new StepOperand.Routing(Part.ROWS, SizeExpr.TOKENS, 2, 8, 200),
                starts, new StepOperand.Routing(Part.STARTS, SizeExpr.TOKENS, 2, 8, 9)));
  }
}
