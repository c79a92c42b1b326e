package dev.lathe.passes.tune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.ToyModel;
import dev.lathe.passes.select.PlannedStep;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProblemTextTest {
  private final List<PlannedStep> steps = PlannedToy.steps(ToyModel.llama(2));

  @Test
  void theSameStepOfTwoLayersIsOneProblem() {
    assertThat(text("decode", "layers.1.attention.qkv"))
        .isEqualTo(text("decode", "layers.0.attention.qkv"))
        .contains("bf16(N,64)", "@bf16(128,64)", "decode N<=12");
  }

  @Test
  void everyProfileHasProblemsOfItsOwn() {
    assertThat(text("mixed", "layers.0.attention.qkv"))
        .isNotEqualTo(text("decode", "layers.0.attention.qkv"))
        .endsWith("mixed N<=64");
  }

  @Test
  void onlySizesThatTheOperandsHaveAreInTheText() {
    assertThat(text("mixed", "lm_head")).endsWith("mixed N<=12");
    assertThat(text("mixed", "layers.0.attention")).contains("(T,").endsWith("mixed T<=64 S<=12");
  }

  @Test
  void whetherAStepWritesOverAnOperandMakesNoDifference() {
    PlannedStep step = step("decode", "layers.0.attention.out");
    StepOp.Linear inPlace = (StepOp.Linear) step.op();
    StepOp.Linear apart =
        new StepOp.Linear(
            inPlace.in(),
            inPlace.weight(),
            inPlace.bias(),
            inPlace.activation(),
            Optional.of(inPlace.in()),
            inPlace.out());

    assertThat(inPlace.residual()).contains(inPlace.out());
    assertThat(ProblemText.of(apart, step.context()))
        .isEqualTo(ProblemText.of(inPlace, step.context()));
  }

  @Test
  void aLimitConcernsOnlyTheStepsThatReachIt() {
    List<String> few = texts(new Manifest.Limits(10, 128, 100, 64, false));
    List<String> many = texts(new Manifest.Limits(12, 128, 100, 64, false));

    assertThat(many).isNotEqualTo(few);
    assertThat(many)
        .filteredOn(text -> text.endsWith("decode N<=8"))
        .isEqualTo(few.stream().filter(text -> text.endsWith("decode N<=8")).toList())
        .isNotEmpty();
  }

  private static List<String> texts(Manifest.Limits limits) {
    return PlannedToy.steps(ToyModel.llama(1), limits).stream()
        .map(step -> ProblemText.of(step.op(), step.context()))
        .toList();
  }

  private String text(String profile, String name) {
    PlannedStep step = step(profile, name);
    return ProblemText.of(step.op(), step.context());
  }

  private PlannedStep step(String profile, String name) {
    return steps.stream()
        .filter(step -> step.context().profile().name().equals(profile))
        .filter(step -> step.context().step().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new AssertionError(
                name + " among " + steps.stream().map(s -> s.context().step()).toList()));
  }
}
