package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LaunchModeTest {
  private static final SizeExpr ONE = SizeExpr.of(1);
  private static final Map<String, Integer> SHARED_BYTES =
      Map.of(
          "norm",
          256,
          "stream",
          82_448,
          "wide stream",
          108_544,
          "merge",
          0,
          "tiles",
          229_488,
          "small tiles",
          163_960,
          "attention",
          163_960);

  @Test
  void productsThatReadThroughL1KeepHalfOfIt() {
    assertThat(ofPlan(norm(), product("stream"), product("wide stream"))).isEqualTo(50);
    assertThat(ofPlan(norm())).isEqualTo(50);
  }

  @Test
  void productsWithLargeTilesGetAllOfItHoweverManySmallKernelsThereAre() {
    assertThat(ofPlan(norm(), norm(), norm(), product("tiles"), product("small tiles")))
        .isEqualTo(100);
  }

  @Test
  void oneLargeKernelDoesNotDecideForAHundredSmallOnes() {
    Stream<Step> streams = Stream.generate(() -> product("stream")).limit(99);
    Step[] steps = Stream.concat(Stream.of(product("tiles")), streams).toArray(Step[]::new);
    assertThat(ofPlan(steps)).isEqualTo(50);
  }

  @Test
  void whatMostProductsNeedAllGet() {
    assertThat(ofPlan(product("stream"), product("stream"), product("tiles"))).isEqualTo(50);
    assertThat(ofPlan(product("stream"), product("tiles"), product("tiles"))).isEqualTo(100);
  }

  @Test
  void kernelsBesideTheProductsDoNotDecide() {
    Step attention = new Step("attention", norm().op(), List.of(launch("attention")));
    assertThat(ofPlan(attention, attention, product("stream"))).isEqualTo(50);
  }

  @Test
  void launchesByThemselvesGetWhatTheLargestNeeds() {
    assertThat(ofLaunches("stream", "merge")).isEqualTo(50);
    assertThat(ofLaunches("tiles", "merge", "merge", "merge", "merge")).isEqualTo(100);
    assertThat(ofLaunches()).isEqualTo(50);
  }

  private static int ofPlan(Step... steps) {
    Profile profile = new Profile("decode.1", Profile.Kind.DECODE, new Sizes(1, 1, 1));
    return LaunchMode.sharedPercent(
        new Plan(profile, List.of(), List.of(steps), 0), SHARED_BYTES::get);
  }

  private static int ofLaunches(String... kernels) {
    return LaunchMode.sharedPercent(
        Arrays.stream(kernels).map(LaunchModeTest::launch).toList(), SHARED_BYTES::get);
  }

  private static Step norm() {
    StepOp op = new StepOp.RmsNorm(Ref.buffer("x"), Ref.weight("w"), Ref.buffer("y"), 8, 0);
    return new Step("norm", op, List.of(launch("norm")));
  }

  private static Step product(String kernel) {
    StepOp op =
        new StepOp.LinearArgmax(
            Ref.buffer("x"), Ref.weight("w"), Optional.empty(), 1, Ref.buffer("y"));
    return new Step("product", op, List.of(launch(kernel), launch("merge")));
  }

  private static Launch launch(String kernel) {
    return new Launch(kernel, ONE, ONE, ONE, List.of());
  }
}
