package dev.lathe.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.cli.option.UsageError;
import org.junit.jupiter.api.Test;

class InspectTextTest {
  private final EngineContents engine = SmallEngine.of("sm_90a");

  @Test
  void theOverviewGoesFromTheModelToEachWeight() {
    assertThat(String.join("\n", new Overview(engine).lines()))
        .containsSubsequence(
            "LlamaForCausalLM, 1.23M parameters, bf16, 1 layers of 64",
            "sm_90a; the CPU can run it too",
            "8 sequences at once, 512 tokens each",
            "65.5 KB of weights and 2.05 KB of activations",
            "256 B a token",
            "decode.8  one token a sequence, up to 8 sequences",
            "mixed     prompts and single tokens",
            "linear_1  linear.skinny  k=64 rows=8",
            "layers.0.qkv  bf16  256x64  32768",
            "concat(");
  }

  @Test
  void anEngineForTheCpuIsSaidToHaveNoKernels() {
    assertThat(new Overview(SmallEngine.of("cpu")).lines()).contains("Kernels: none");
  }

  @Test
  void aPlanIsItsStepsInOrderWithWhatTheyComputeAndHow() {
    assertThat(String.join("\n", PlanText.lines(engine.plan("mixed"))))
        .containsSubsequence(
            "Plan mixed",
            "1  embed",
            "x = @embedding[token_ids]",
            "2  layers.0.qkv",
            "y = x * @layers.0.qkv^T + x",
            "linear_1 [ceil(T/8), 4, 1]",
            "token_ids",
            "filled before: token ids",
            "(T, 64)",
            "arena at 1024");
  }

  @Test
  void theBeginningOfAPlansNameIsEnough() {
    assertThat(engine.plan("decode").profile().name()).isEqualTo("decode.8");
    assertThatThrownBy(() -> engine.plan("prefill"))
        .isInstanceOf(UsageError.class)
        .extracting(error -> ((UsageError) error).hint())
        .isEqualTo("its plans are decode.8, mixed");
  }

  @Test
  void whyTellsKernelConfigAndSourceOfTheWeightsInEveryPlan() {
    assertThat(String.join("\n", new WhyText(engine, "layers.0.qkv").lines()))
        .containsSubsequence(
            "of plan decode.8",
            "linear_1, from template linear.skinny",
            "k=64 rows=8",
            "@layers.0.qkv bf16 256x64 = concat(",
            "of plan mixed");
  }

  @Test
  void whyTellsWhatTheChoiceRestsOnWhereTheEngineDoes() {
    assertThat(String.join("\n", new WhyText(engine, "layers.0.qkv").lines()))
        .containsSubsequence(
            "of plan decode.8",
            "chosen    by time on Some GPU with 132 multiprocessors, CUDA 13.0 driver",
            "candidate linear.plain, expected to take 1.0 us, is out: it spills",
            "candidate linear.skinny(rows=8), takes 2.3 us (2.3 to 2.4), expected 2.0 us: chosen",
            "candidate 3 more, expected to be slower",
            "refused   linear.tile: too few tokens",
            "of plan mixed",
            "candidate linear.",
            "expected to take");
  }

  @Test
  void whyOfAnUnknownStepNamesTheNearest() {
    assertThatThrownBy(() -> new WhyText(engine, "layers.0.qv").lines())
        .isInstanceOf(UsageError.class)
        .extracting(error -> ((UsageError) error).hint())
        .isEqualTo("did you mean layers.0.qkv?");
  }

  @Test
  void equalEnginesDoNotDiffer() {
    assertThat(DiffText.lines(engine, SmallEngine.of("sm_90a"))).isEmpty();
  }

  @Test
  void aDifferenceHasALineOfEachSide() {
    assertThat(DiffText.lines(engine, SmallEngine.of("cpu")))
        .contains("- target sm_90a", "+ target cpu", "- kernel linear_1: linear.skinny k=64 rows=8")
        .anyMatch(line -> line.startsWith("+ step mixed/layers.0.qkv"));
  }
}
