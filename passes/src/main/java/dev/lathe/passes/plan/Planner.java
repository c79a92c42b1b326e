package dev.lathe.passes.plan;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.ir.Graph;
import dev.lathe.ir.LeafOp;
import dev.lathe.passes.plan.CompiledModel.EngineWeight;
import dev.lathe.passes.plan.StepProgram.NamedStep;
import dev.lathe.passes.select.Lowering;
import dev.lathe.passes.select.Lowering.KernelSource;
import dev.lathe.passes.select.PlannedStep;
import dev.lathe.passes.select.StepContext;
import dev.lathe.passes.select.StepContext.Operand;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Makes the plans of a model: steps, kernels and memory for each profile.
public final class Planner {
  private final PlanRequest request;
  private final Graph graph;
  private final Manifest.KvCache kvCache;
  private final Map<Profile.Kind, StepProgram> programs = new EnumMap<>(Profile.Kind.class);
  private final Optional<StepProgram> greedyProgram;
  private final Map<Ref, Operand> operands = new HashMap<>();
  private final Map<String, KernelSource> kernels = new LinkedHashMap<>();

  private Planner(Graph graph, PlanRequest request) {
    this.graph = graph;
    this.request = request;
    this.kvCache = KvCacheShape.of(graph, request.tokensPerBlock());
    for (Profile.Kind kind : Profile.Kind.values()) {
      StepProgram program = LowerToSteps.lower(graph, request.maxBlocksPerSequence(), kind);
      program.buffers().forEach(buffer -> operands.put(Ref.buffer(buffer.name()), operand(buffer)));
      programs.put(kind, program);
    }
    this.greedyProgram = LowerToSteps.lowerGreedy(graph, request.maxBlocksPerSequence());
    graph.weights().forEach(w -> operands.put(Ref.weight(w.name()), operand(w)));
  }

  /// @param graph fused
  /// @throws dev.lathe.passes.select.NoKernelException if a step has no kernel on the target
  public static CompiledModel plan(Graph graph, PlanRequest request) {
    return new Planner(graph, request).plan();
  }

  /// Every step of every profile, in the order in which [#plan] asks for its kernels, whether or
  /// not the request has some; without, there are no greedy profiles.
  public static List<PlannedStep> steps(Graph graph, PlanRequest request) {
    Planner planner = new Planner(graph, request);
    return planner.profiles(true).stream()
        .flatMap(profile ->
            planner.program(profile).steps().stream().map(step -> planner.planned(step, profile)))
        .toList();
  }

  private PlannedStep planned(NamedStep step, Profile profile) {
    Set<Ref> refs = StepOperands.of(step.op()).all();
    List<Buffer> buffers =
        program(profile).buffers().stream()
            .filter(buffer -> refs.contains(Ref.buffer(buffer.name())))
            .toList();
    return new PlannedStep(step.op(), context(step, refs, profile), buffers);
  }

  private CompiledModel plan() {
    List<Plan> plans = profiles(request.kernels().isPresent()).stream().map(this::plan).toList();
    return new CompiledModel(
        graph,
        plans,
        List.copyOf(kernels.values()),
        graph.weights().stream().map(Planner::engineWeight).toList(),
        request.limits(),
        kvCache,
        request.target());
  }

  private static EngineWeight engineWeight(LeafOp.Weight weight) {
    return new EngineWeight(
        weight.name(), weight.type().dtype(), weight.type().shape().constants(), weight.source());
  }

  private List<Profile> profiles(boolean buckets) {
    return ProfileSet.of(request.limits(), buckets, this::isOffered);
  }

  /// A greedy profile needs a kernel that finds the greatest logit.
  private boolean isOffered(Profile greedy) {
    return greedyProgram.isPresent()
        && request.kernels().isPresent()
        && greedyProgram.get().steps().stream()
            .filter(step -> step.op() instanceof StepOp.LinearArgmax)
            .allMatch(step ->
                request
                    .kernels()
                    .get()
                    .supports(step.op(), context(step, StepOperands.of(step.op()).all(), greedy)));
  }

  private StepProgram program(Profile profile) {
    return profile.greedy()
        ? greedyProgram.orElseThrow()
        : Objects.requireNonNull(programs.get(profile.kind()));
  }

  private Plan plan(Profile profile) {
    StepProgram program = program(profile);
    List<Buffer> buffers = new ArrayList<>(program.buffers());
    List<Step> steps = new ArrayList<>();
    List<List<Ref>> touched = new ArrayList<>();
    for (NamedStep step : program.steps()) {
      List<Ref> refs = new ArrayList<>(StepOperands.of(step.op()).all());
      Optional<Lowering> lowering = lower(step, refs, profile);
      for (Lowering.Workspace workspace :
          lowering.stream().flatMap(l -> l.workspace().stream()).toList()) {
        buffers.add(buffer(workspace));
        refs.add(Ref.buffer(workspace.name()));
      }
      steps.add(
          new Step(step.name(), step.op(), lowering.map(Lowering::launches).orElse(List.of())));
      touched.add(refs);
    }
    PlanMemory.Layout layout = PlanMemory.plan(buffers, touched, profile.max());
    return new Plan(profile, layout.buffers(), steps, layout.arenaBytes());
  }

  private Optional<Lowering> lower(NamedStep step, List<Ref> refs, Profile profile) {
    if (request.kernels().isEmpty()) {
      return Optional.empty();
    }
    Lowering lowering = request.kernels().get().lower(step.op(), context(step, refs, profile));
    lowering.kernels().forEach(this::keep);
    return Optional.of(lowering);
  }

  private StepContext context(NamedStep step, Collection<Ref> refs, Profile profile) {
    Map<Ref, Operand> types = new HashMap<>();
    refs.forEach(ref -> types.put(ref, operand(ref)));
    return new StepContext(
        step.name(), profile, request.target(), types, request.maxBlocksPerSequence());
  }

  private void keep(KernelSource kernel) {
    KernelSource known = kernels.putIfAbsent(kernel.entry().name(), kernel);
    if (known != null && !known.equals(kernel)) {
      throw new IllegalStateException("two kernels are named " + kernel.entry().name());
    }
  }

  private Operand operand(Ref ref) {
    Operand operand = operands.get(ref);
    if (operand == null) {
      throw new IllegalStateException("no buffer or weight is named " + ref);
    }
    return operand;
  }

  private Operand operand(Buffer buffer) {
    return buffer.storage() instanceof Buffer.Storage.KvCache
        ? new Operand(buffer.dtype(), cacheBlock(kvCache))
        : new Operand(buffer.dtype(), buffer.shape());
  }

  private static List<SizeExpr> cacheBlock(Manifest.KvCache cache) {
    return List.of(
        SizeExpr.of(1),
        SizeExpr.of(cache.heads()),
        SizeExpr.of(cache.tokensPerBlock()),
        SizeExpr.of(cache.headDim()));
  }

  private static Operand operand(LeafOp.Weight weight) {
    DType dtype = weight.type().dtype();
    return new Operand(dtype, StepBuffers.shape(weight.type()));
  }

  private static Buffer buffer(Lowering.Workspace workspace) {
    return new Buffer(
        workspace.name(), workspace.dtype(), workspace.shape(), new Buffer.Storage.Arena(0));
  }
}
