package dev.lathe.passes.tune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.ToyModel;
import dev.lathe.passes.select.PlannedStep;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemTextTest {
  private final List<PlannedStep> steps = PlannedToy.steps(ToyModel.llama(2));

  @Test
  void theSameStepOfTwoLayersIsOneProblem() {
    // The last layer computes only the rows whose logits are wanted.
    assertThat(text("decode", "layers.1.mlp.down")).isEqualTo(text("decode", "layers.0.mlp.down"));
    assertThat(text("decode", "layers.1.attention.qkv"))
        .isEqualTo(text("decode", "layers.0.attention.qkv"))
        .contains("bf16(N,64)", "@1:bf16(128,64)", "decode N<=16");
  }

  @Test
  void everyProfileHasProblemsOfItsOwn() {
    assertThat(text("mixed", "layers.0.attention.qkv"))
        .isNotEqualTo(text("decode", "layers.0.attention.qkv"))
        .endsWith("mixed N<=64");
  }

  @Test
  void onlySizesThatTheOperandsHaveAreInTheText() {
    assertThat(text("mixed", "lm_head")).endsWith("mixed N<=16");
    assertThat(text("mixed", "layers.0.attention")).contains("(T,").endsWith("mixed T<=64 S<=16");
  }

  @Test
  void anOperandThatIsWrittenInPlaceHasOneNumber() {
    StepOp.Linear linear = (StepOp.Linear) step("decode", "layers.0.attention.out").op();

    assertThat(linear.residual()).contains(linear.out());
    assertThat(text("decode", "layers.0.attention.out"))
        .contains("\"residual\":\"2:", "\"out\":\"2:");
  }

  @Test
  void limitsUpToTheNextPowerOfTwoShareProblems() {
    List<String> few = texts(new Manifest.Limits(10, 128, 100, 50, false));
    List<String> many = texts(new Manifest.Limits(16, 128, 100, 64, false));

    assertThat(few).isEqualTo(many);
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
