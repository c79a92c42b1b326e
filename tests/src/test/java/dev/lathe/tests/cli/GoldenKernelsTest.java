package dev.lathe.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.codegen.link.PtxasAssembler;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.frontend.ImportedModel;
import dev.lathe.frontend.ImporterRegistry;
import dev.lathe.frontend.ModelLoader;
import dev.lathe.frontend.checkpoint.Checkpoint;
import dev.lathe.frontend.spi.ImportOptions;
import dev.lathe.passes.Compiler;
import dev.lathe.passes.plan.CompiledModel;
import dev.lathe.passes.plan.PlanRequest;
import dev.lathe.passes.select.Lowering.KernelSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each family has a kernel for every step on every GPU in every dtype, and ptxas takes them.
class GoldenKernelsTest {
  private static final Manifest.Limits LIMITS = new Manifest.Limits(8, 96, 64, 64, true);
  private static final String HOPPER = "sm_90a";
  private static final List<String> TARGETS = List.of(HOPPER, "sm_80");

  private final PtxKernelCatalog catalog = PtxKernelCatalog.builtIn();

  static List<String> families() {
    return TestFiles.goldens();
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyStepHasAKernel(String family) {
    for (String target : TARGETS) {
      for (DType dtype : List.of(DType.BF16, DType.F16, DType.F32)) {
        assertThat(compiled(family, dtype, target).plans())
            .flatMap(plan -> plan.steps())
            .allSatisfy(step -> assertThat(step.launches()).as(step.name()).isNotEmpty());
      }
    }
  }

  private CompiledModel compiled(String family, DType dtype, String target) {
    try (Checkpoint checkpoint = Checkpoint.open(TestFiles.golden(family))) {
      ImportOptions options =
          ImportOptions.DEFAULT.withDtype(dtype).withPositions(LIMITS.maxSequenceLength());
      ImportedModel model = new ModelLoader(ImporterRegistry.builtIn()).load(checkpoint, options);
      PlanRequest request = new PlanRequest(LIMITS, 16, target, Optional.of(catalog));
      return Compiler.compile(model.graph(), request);
    }
  }

  @Test
  void ptxasTakesTheKernelsOfAllFamilies() {
    Optional<PtxasAssembler> assembler = PtxasAssembler.find("ptxas");
    assumeThat(assembler).as("ptxas on the PATH").isPresent();
    Map<String, String> failures =
        kernels(HOPPER)
            .parallel()
            .map(kernel -> Map.entry(kernel.entry().name(), failure(assembler.get(), kernel)))
            .filter(entry -> !entry.getValue().isEmpty())
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    assertThat(failures).isEmpty();
  }

  /// The kernels of all families in bfloat16, each text once.
  private Stream<KernelSource> kernels(String target) {
    Map<String, KernelSource> kernels = new TreeMap<>();
    for (String family : families()) {
      compiled(family, DType.BF16, target)
          .kernels()
          .forEach(kernel -> kernels.put(kernel.entry().name(), kernel));
    }
    return kernels.values().stream();
  }

  private static String failure(PtxasAssembler assembler, KernelSource kernel) {
    try {
      return assembler.assemble(kernel.ptx(), Target.parse(HOPPER)).withoutSpills().cubin().length
              > 0
          ? ""
          : "no code";
    } catch (RuntimeException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
