package dev.lathe.cli.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.BatchInput;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.frontend.ImporterRegistry;
import dev.lathe.frontend.ModelLoader;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.ir.Graph;
import dev.lathe.passes.PassManager;
import dev.lathe.passes.Pipeline;
import dev.lathe.passes.plan.PlanRequest;
import dev.lathe.passes.plan.Planner;
import dev.lathe.passes.select.CandidateCatalog;
import dev.lathe.passes.select.KernelCandidate;
import dev.lathe.passes.select.Lowering;
import dev.lathe.passes.select.PlannedStep;
import dev.lathe.passes.tune.ProblemText;
import dev.lathe.runtime.cuda.StepOperand;
import dev.lathe.runtime.cuda.TimedStep;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TimedOperandsTest {
  private static final String MODEL =
      """
      {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "bfloat16",
       "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 3,
       "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 64, "vocab_size": 256,
       "max_position_embeddings": 512, "rms_norm_eps": 1e-06, "rope_theta": 10000.0,
       "hidden_act": "silu", "tie_word_embeddings": false}
      """;

  private final CandidateCatalog catalog = KernelToolchain.catalog("sm_90a").orElseThrow();
  private final List<PlannedStep> steps = steps();

  private static List<PlannedStep> steps() {
    Graph imported =
        new ModelLoader(ImporterRegistry.withPlugins(TimedOperandsTest.class.getClassLoader()))
            .random(
                "config.json",
                MODEL.getBytes(StandardCharsets.UTF_8),
                0,
                new ImportOptions(Optional.empty(), Optional.empty()))
            .graph();
    Manifest.Limits limits = new Manifest.Limits(64, 512, 256, 300, false);
    Graph graph = PassManager.of(Pipeline.standard(512)).run(imported).graph();
    return Planner.steps(graph, new PlanRequest(limits, 64, "sm_90a", Optional.empty()));
  }

  @Test
  void attentionReadsACacheAndWhatTheSchedulerHandsIn() {
    PlannedStep attention =
        steps.stream()
            .filter(step -> step.op() instanceof StepOp.PagedAttention)
            .filter(step -> step.context().profile().name().equals("decode.8"))
            .findFirst()
            .orElseThrow();
    StepOp.PagedAttention op = (StepOp.PagedAttention) attention.op();

    TimedStep timed = TimedOperands.of(attention);

    assertThat(timed.kind()).isEqualTo("PagedAttention");
    assertThat(timed.max().sequences()).isEqualTo(8);
    assertThat(timed.operands())
        .containsEntry(op.keyCache(), new StepOperand.Cache(DType.BF16, 1, 64, 64))
        .containsEntry(op.valueCache(), new StepOperand.Cache(DType.BF16, 1, 64, 64))
        .containsEntry(op.blockTables(), new StepOperand.Input(BatchInput.BLOCK_TABLES))
        .containsEntry(op.contextLengths(), new StepOperand.Input(BatchInput.CONTEXT_LENGTHS))
        .containsEntry(op.query(), new StepOperand.Activation(DType.BF16, 8 * 128))
        .containsEntry(op.out(), new StepOperand.Activation(DType.BF16, 8 * 128));
  }

  @Test
  void everyOperandThatALaunchNamesIsThere() {
    for (PlannedStep step : steps) {
      Set<Ref> known = new HashSet<>(TimedOperands.of(step).operands().keySet());
      for (KernelCandidate candidate : catalog.candidates(step.op(), step.context()).all()) {
        Lowering lowering = candidate.lower();
        Set<Ref> all = new HashSet<>(known);
        lowering.workspace().forEach(buffer -> all.add(Ref.buffer(buffer.name())));
        assertThat(lowering.launches().stream().flatMap(Launch::refs))
            .as(step.context().step() + " by " + candidate.template())
            .isSubsetOf(all);
      }
    }
  }

  @Test
  void stepsOfOneProblemHaveTheSameCandidates() {
    Map<String, List<String>> candidates = new HashMap<>();
    for (PlannedStep step : steps) {
      List<String> labels =
          catalog.candidates(step.op(), step.context()).all().stream()
              .map(one -> one.template() + "(" + one.config() + ") " + one.estimatedMicros())
              .toList();
      String problem = ProblemText.of(step.op(), step.context());
      assertThat(candidates.merge(problem, labels, (first, _) -> first))
          .as(problem)
          .isEqualTo(labels);
    }
    assertThat(candidates.size()).isLessThan(steps.size());
  }
}
