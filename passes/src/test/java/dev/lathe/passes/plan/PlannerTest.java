package dev.lathe.passes.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Buffer.Storage;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Launch;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.ir.Graph;
import dev.lathe.ir.ModelBuilder;
import dev.lathe.ir.Value;
import dev.lathe.ir.text.IrParser;
import dev.lathe.passes.Compiler;
import dev.lathe.passes.PassManager;
import dev.lathe.passes.Pipeline;
import dev.lathe.passes.ToyModel;
import dev.lathe.passes.select.KernelCatalog;
import dev.lathe.passes.select.Lowering;
import dev.lathe.passes.select.Lowering.KernelSource;
import dev.lathe.passes.select.Lowering.Workspace;
import dev.lathe.passes.select.StepContext;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private static final Manifest.Limits LIMITS = new Manifest.Limits(12, 128, 100, 64, false);

  /// One kernel an op class, with a workspace of 8 columns a row for linear steps.
  private record ToyCatalog(boolean argmax) implements KernelCatalog {
    @Override
    public boolean supports(StepOp op, StepContext context) {
      return argmax || !(op instanceof StepOp.LinearArgmax);
    }

    @Override
    public Lowering lower(StepOp op, StepContext context) {
      String kernel = op.getClass().getSimpleName();
      StepOperands.of(op).all().forEach(context::operand);
      KernelEntry entry = new KernelEntry(kernel, "toy", Map.of(), 32, 0, false, false);
      Launch launch = new Launch(kernel, SizeExpr.of(1), SizeExpr.of(1), SizeExpr.of(1), List.of());
      List<Workspace> workspace =
          op instanceof StepOp.Linear
              ? List.of(
                  new Workspace(
                      context.step() + ".partial",
                      DType.F32,
                      List.of(SizeExpr.TOKENS, SizeExpr.of(8))))
              : List.of();
      return new Lowering(
          List.of(new KernelSource(entry, "ptx of " + kernel)), List.of(launch), workspace);
    }
  }

  private static CompiledModel compile(ToyModel model, Optional<KernelCatalog> kernels) {
    return Compiler.compile(
        model.graph(),
        new PlanRequest(LIMITS, 32, kernels.isPresent() ? "sm_90a" : "cpu", kernels));
  }

  private static CompiledModel withKernels() {
    return compile(new ToyModel(2, 96, true, true), Optional.of(new ToyCatalog(false)));
  }

  @Test
  void anEngineForTheCpuHasNoLaunches() {
    CompiledModel model = compile(new ToyModel(2, 96, false, false), Optional.empty());

    assertThat(model.kernels()).isEmpty();
    assertThat(model.plans())
        .allSatisfy(plan -> assertThat(plan.steps()).allMatch(step -> step.launches().isEmpty()));
  }

  @Test
  void everyStepOfEveryProfileGetsItsKernelAndEachKernelIsKeptOnce() {
    CompiledModel model = withKernels();

    assertThat(model.plans())
        .extracting(plan -> plan.profile().name())
        .containsExactly("decode.1", "decode.8", "decode", "mixed");
    assertThat(model.plans())
        .allSatisfy(plan -> assertThat(plan.steps()).allMatch(step -> step.launches().size() == 1));
    assertThat(model.kernels())
        .extracting(kernel -> kernel.entry().name())
        .doesNotHaveDuplicates()
        .contains("Linear", "PagedAttention", "Sample");
  }

  @Test
  void aGreedyPlanGivesTokensAndNoLogits() {
    Manifest.Limits limits = new Manifest.Limits(40, 128, 100, 64, false);
    PlanRequest request = new PlanRequest(limits, 32, "sm_90a", Optional.of(new ToyCatalog(true)));
    CompiledModel model = Compiler.compile(ToyModel.llama(2), request);

    Map<String, Plan> plans = new HashMap<>();
    model.plans().forEach(plan -> plans.put(plan.profile().name(), plan));
    Plan greedy = Objects.requireNonNull(plans.get("greedy"));
    Plan decode = Objects.requireNonNull(plans.get("decode"));
    assertThat(plans.keySet())
        .containsExactlyInAnyOrder(
            "decode.1",
            "decode.8",
            "decode.16",
            "greedy.32",
            "decode.32",
            "greedy",
            "decode",
            "mixed");
    assertThat(greedy.steps().getLast().op())
        .isInstanceOfSatisfying(
            StepOp.LinearArgmax.class,
            op ->
                assertThat(greedy.buffer(op.out().name()).storage())
                    .isEqualTo(new Storage.Output(Buffer.OutputKind.TOKENS)));
    assertThat(greedy.buffers())
        .noneMatch(b -> b.storage().equals(new Storage.Output(Buffer.OutputKind.LOGITS)));
    assertThat(greedy.steps().subList(0, greedy.steps().size() - 1))
        .extracting(Step::op)
        .isEqualTo(
            decode.steps().subList(0, decode.steps().size() - 3).stream().map(Step::op).toList());
  }

  @Test
  void logitsThatAreCappedHaveNoGreedyPlan() {
    ModelBuilder model = ModelBuilder.withRandomWeights(DType.BF16, 7);
    Value table = model.weight("embedding", "model.embed_tokens.weight", 100, 64);
    Value x = model.embedding("embedding", table);
    model.logits(model.softCap("cap", model.logitsLinear("lm_head", x, table), 30));
    Graph capped = PassManager.of(Pipeline.standard(128)).run(model.build()).graph();

    assertThat(LowerToSteps.lowerGreedy(capped, 4)).isEmpty();
    assertThat(
            LowerToSteps.lowerGreedy(
                PassManager.of(Pipeline.standard(128)).run(ToyModel.llama(1)).graph(), 4))
        .isPresent();
  }

  @Test
  void aWorkspaceHasAPlaceAndOverlapsNothingOfItsStep() {
    for (Plan plan : withKernels().plans()) {
      for (Step step : plan.steps()) {
        Set<Ref> touched = new HashSet<>(StepOperands.of(step.op()).all());
        touched.add(Ref.buffer(step.name() + ".partial"));
        List<Buffer> here =
            plan.buffers().stream()
                .filter(buffer -> touched.contains(Ref.buffer(buffer.name())))
                .filter(buffer -> buffer.storage() instanceof Storage.Arena)
                .toList();
        assertThat(here).as(step.name()).allSatisfy(a -> assertNoOverlap(a, here, plan));
      }
    }
  }

  private static void assertNoOverlap(Buffer a, List<Buffer> others, Plan plan) {
    long begin = ((Storage.Arena) a.storage()).offset();
    long end = begin + a.bytes(plan.profile().max());
    assertThat(end).isLessThanOrEqualTo(plan.arenaBytes());
    for (Buffer b : others) {
      long other = ((Storage.Arena) b.storage()).offset();
      boolean apart = a.equals(b) || other >= end || other + b.bytes(plan.profile().max()) <= begin;
      assertThat(apart).as("%s and %s", a, b).isTrue();
    }
  }

  @Test
  void everyOperandIsAnInputOrWasWrittenBefore() {
    for (Plan plan : withKernels().plans()) {
      Set<Ref> written = new HashSet<>();
      for (Buffer buffer : plan.buffers()) {
        if (buffer.storage() instanceof Storage.Input
            || buffer.storage() instanceof Storage.KvCache) {
          written.add(Ref.buffer(buffer.name()));
        }
      }
      for (Step step : plan.steps()) {
        StepOperands operands = StepOperands.of(step.op());
        assertThat(operands.reads())
            .as(step.name())
            .allMatch(ref -> ref.isWeight() || written.contains(ref));
        written.addAll(operands.writes());
      }
    }
  }

  @Test
  void namesOfStepsAndBuffersAreUnique() {
    for (Plan plan : withKernels().plans()) {
      assertThat(plan.steps()).extracting(Step::name).doesNotHaveDuplicates();
      assertThat(plan.buffers()).extracting(Buffer::name).doesNotHaveDuplicates();
    }
  }

  @Test
  void everyWeightOfAStepIsInTheEngineAndEachOfTheEngineIsUsed() {
    CompiledModel model = withKernels();
    Set<String> used = new HashSet<>();
    for (Step step : model.plans().getFirst().steps()) {
      StepOperands.of(step.op()).reads().stream()
          .filter(Ref::isWeight)
          .forEach(ref -> used.add(ref.weightName()));
    }

    assertThat(model.weights())
        .extracting(CompiledModel.EngineWeight::name)
        .containsExactlyInAnyOrderElementsOf(used);
  }

  @Test
  void theLogitsAreAnOutputInFloat32() {
    Plan plan = withKernels().plans().getLast();

    assertThat(plan.buffer("logits").dtype()).isEqualTo(DType.F32);
    assertThat(plan.buffer("logits").storage())
        .isEqualTo(new Storage.Output(Buffer.OutputKind.LOGITS));
    assertThat(plan.buffer("tokens").storage())
        .isEqualTo(new Storage.Output(Buffer.OutputKind.TOKENS));
  }

  @Test
  void theCacheHasTheShapeOfTheModelsHeads() {
    assertThat(withKernels().kvCache()).isEqualTo(new Manifest.KvCache(2, 2, 16, 32, DType.BF16));
  }

  @Test
  void parametersDoNotCountTheRotaryTable() {
    CompiledModel model = compile(new ToyModel(1, 96, false, false), Optional.empty());

    long layer = 64 + 128 * 64 + 64 * 64 + 64 + 2 * 96 * 64 + 64 * 96;
    assertThat(model.parameters()).isEqualTo(100 * 64 + layer + 64);
  }

  @Test
  void layersOfDifferentCachesAreRefused() {
    Graph graph =
        IrParser.parse(
            """
            graph fused {
              input %token_ids : tensor<T x i32>
              input %positions : tensor<T x i32>
              cache %kv.0.keys : tensor<K x 1 x 8 x bf16>
              cache %kv.0.values : tensor<K x 1 x 8 x bf16>
              cache %kv.1.keys : tensor<K x 1 x 16 x bf16>
              weight @e : tensor<9 x 24 x f32> = tensor("e")
              %0 = embedding %token_ids, @e : tensor<T x 24 x f32> at embedding
              return %0
            }
            """);

    assertThatThrownBy(
            () -> Planner.plan(graph, new PlanRequest(LIMITS, 32, "cpu", Optional.empty())))
        .isInstanceOf(LatheException.class)
        .hasMessageContaining("KV caches of one shape");
  }
}
