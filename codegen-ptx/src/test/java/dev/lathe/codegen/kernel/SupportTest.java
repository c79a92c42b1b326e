package dev.lathe.codegen.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Answers of templates, and how they are put together.
class SupportTest {
  private record Width(int elements) {}

  private record Tiles(int count) {}

  private final StepBench bench = new StepBench();
  private final Ref in = bench.add("in", DType.BF16, SizeExpr.of(1));
  private final Ref weight = bench.add("@weight", DType.BF16, SizeExpr.of(1));
  private final Ref sums = bench.add("sums", DType.F32, SizeExpr.of(1));
  private final Ref ids = bench.add("ids", DType.I32, SizeExpr.of(1));

  private static Support<Tiles> tiles(Support<Width> width) {
    return width
        .unless(w -> w.elements % 8 == 0 ? Optional.empty() : Optional.of("an odd width"))
        .map(w -> new Tiles(w.elements / 8));
  }

  @Test
  void yesWithoutAnObstacleStaysYes() {
    assertThat(tiles(Support.yes(new Width(24)))).isEqualTo(Support.yes(new Tiles(3)));
  }

  @Test
  void anObstacleIsTheReasonOfTheNo() {
    assertThat(tiles(Support.yes(new Width(7)))).isEqualTo(Support.no("an odd width"));
  }

  @Test
  void theFirstReasonStays() {
    assertThat(tiles(Support.no("no floats"))).isEqualTo(Support.no("no floats"));
  }

  @Test
  void operandsOfOneFloatTypeHaveItsFormat() {
    assertThat(FloatOperands.of(bench.context(), List.of(in, weight)))
        .isEqualTo(Support.yes(new FloatOperands(FloatFormat.BF16)));
  }

  @Test
  void anOperandOfAnotherTypeIsNamedBesideTheFirst() {
    assertThat(FloatOperands.of(bench.context(), List.of(in, weight, sums)))
        .isEqualTo(Support.no("sums is f32, in bf16"));
  }

  @Test
  void operandsOfNoFloatTypeAreRefused() {
    assertThat(FloatOperands.of(bench.context(), List.of(ids, ids)))
        .isEqualTo(Support.no("ids is i32"));
  }
}
