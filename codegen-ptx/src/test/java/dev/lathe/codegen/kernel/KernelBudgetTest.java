package dev.lathe.codegen.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.codegen.catalog.PtxKernelCatalog.Candidate;
import dev.lathe.codegen.kernel.ModelSteps.StepOfModel;
import dev.lathe.codegen.link.PtxAssembler.Assembly;
import dev.lathe.codegen.link.PtxasAssembler;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.StepOp.Heads;
import dev.lathe.passes.select.Lowering.KernelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Assembles the kernels of representative models and pins what they take: a row of `budget.tsv`
/// each. `-Dbless=true` writes the file anew. Spills and undone designs (C75xx) fail in any case.
///
/// The kernels that would be chosen, and for sm_90a every configuration that one model allows; of
/// templates with many, some that are spread over them.
class KernelBudgetTest {
  private static final Path BUDGET = Path.of("src/test/resources/budget.tsv");
  private static final int MANY = 10;
  private static final int SOME = 6;
  private static final String REFUSED = "refused: ";

  private static final ModelSteps LLAMA =
      new ModelSteps("llama-3-8b", DType.BF16, 4096, new Heads(32, 8, 128), 14336, 128256, false);
  private static final List<ModelSteps> MODELS =
      List.of(
          LLAMA,
          new ModelSteps("tiny", DType.F32, 128, new Heads(2, 1, 64), 256, 256, false),
          new ModelSteps("odd", DType.F16, 75, new Heads(3, 1, 22), 101, 307, true),
          new ModelSteps("tiny-qwen", DType.F16, 128, new Heads(2, 1, 128), 256, 256, true),
          new ModelSteps("austen-6m", DType.BF16, 256, new Heads(4, 2, 64), 768, 4096, false),
          new ModelSteps(
              "qwen-3-8b", DType.BF16, 4096, new Heads(32, 8, 128), 12288, 151936, true));

  private static final ExpertModelSteps MIXTRAL =
      new ExpertModelSteps("mixtral-8x7b", DType.BF16, 4096, 8, 2, 14336);
  private static final List<ExpertModelSteps> EXPERT_MODELS =
      List.of(
          MIXTRAL,
          new ExpertModelSteps("qwen3-30b-a3b", DType.BF16, 2048, 128, 8, 768),
          new ExpertModelSteps("tiny-experts", DType.F32, 75, 5, 3, 24));

  /// How many of the models are assembled for each target.
  private static final Map<Target, Integer> MODELS_OF_TARGET =
      Map.of(Target.SM_90A, MODELS.size(), Target.SM_80, 3, Target.SM_89, 1);

  private static final List<Profile> PROFILES =
      List.of(ModelSteps.decode(1), ModelSteps.decode(64), ModelSteps.mixed(8192));

  /// A kernel to assemble; its label is what a reader looks for.
  private record Work(Target target, String label, KernelSource source) {}

  @Test
  void kernelsAssembleWithoutSpillsAndTakeWhatTheyTook() throws IOException {
    Optional<PtxasAssembler> assembler = PtxasAssembler.find("ptxas");
    assumeTrue(assembler.isPresent(), "ptxas is not on the PATH: budgets are not checked");
    String header = "ptxas " + assembler.get().version();
    List<String> lines =
        work().parallel().map(work -> line(work, assembler.get())).sorted().toList();
    assertThat(lines).noneMatch(line -> line.contains(REFUSED));
    if (Boolean.getBoolean("bless")) {
      Files.writeString(BUDGET, header + "\n" + String.join("\n", lines) + "\n");
    }
    List<String> budget = Files.readAllLines(BUDGET);
    assumeTrue(
        header.equals(budget.getFirst()), "budgets are those of another " + budget.getFirst());
    assertThat(lines).containsExactlyElementsOf(budget.subList(1, budget.size()));
  }

  private static String line(Work work, PtxasAssembler assembler) {
    try {
      Assembly assembly = assembler.assemble(work.source.ptx(), work.target).withoutSpills();
      int shared = work.source.entry().sharedBytes() + assembly.staticSharedBytes();
      return work.target + "\t" + work.label + "\t" + assembly.registers() + "\t" + shared;
    } catch (RuntimeException e) {
      return work.target + "\t" + work.label + "\t" + REFUSED + e.getMessage();
    }
  }

  /// Each distinct kernel once, under the first label it has.
  private static Stream<Work> work() {
    Map<String, Work> distinct = new LinkedHashMap<>();
    MODELS_OF_TARGET.forEach((target, models) ->
        MODELS.subList(0, models).forEach(model -> addWork(target, model, distinct)));
    MODELS_OF_TARGET
        .keySet()
        .forEach(target -> EXPERT_MODELS.forEach(model -> addWork(target, model, distinct)));
    return List.copyOf(distinct.values()).stream();
  }

  private static void addWork(Target target, RecordedModel model, Map<String, Work> distinct) {
    boolean every = target.equals(Target.SM_90A) && (model.equals(LLAMA) || model.equals(MIXTRAL));
    for (Profile profile : PROFILES) {
      String label = model.name() + " " + profile.name() + " ";
      model
          .steps(profile, target.text())
          .forEach(step -> addWork(target, label, step, every, distinct));
    }
  }

  private static void addWork(
      Target target, String prefix, StepOfModel step, boolean every, Map<String, Work> distinct) {
    kernels(target, prefix + step.label(), step, every)
        .forEach(work -> distinct.putIfAbsent(work.source.entry().name(), work));
  }

  private static Stream<Work> kernels(
      Target target, String label, StepOfModel step, boolean every) {
    List<Candidate> all =
        PtxKernelCatalog.builtIn().candidates(step.op(), step.context(), new ArrayList<>());
    assertThat(all).as(label).isNotEmpty();
    List<Candidate> chosen =
        every
            ? some(all)
            : List.of(all.stream().min(Comparator.comparing(Candidate::cost)).orElseThrow());
    return chosen.stream()
        .flatMap(candidate -> candidate.lower().kernels().stream())
        .map(source -> new Work(target, label + "\t" + describe(source), source));
  }

  /// Of each template all configurations, or some that are spread over many.
  private static List<Candidate> some(List<Candidate> all) {
    Map<String, List<Candidate>> ofTemplate =
        all.stream().collect(Collectors.groupingBy(Candidate::template));
    return ofTemplate.values().stream()
        .flatMap(list -> {
          int step = list.size() <= MANY ? 1 : Math.ceilDiv(list.size(), SOME);
          return IntStream.range(0, list.size()).filter(i -> i % step == 0).mapToObj(list::get);
        })
        .toList();
  }

  private static String describe(KernelSource source) {
    String config = new TreeMap<>(source.entry().config()).toString();
    return source.entry().template() + " " + config + " " + source.entry().threads();
  }
}
