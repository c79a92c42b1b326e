package dev.lathe.codegen.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.codegen.catalog.PtxKernelCatalog.Candidate;
import dev.lathe.codegen.kernel.ModelSteps.StepOfModel;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.StepOp.Heads;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Kernels that follow one another start early on Hopper, and wait before they touch data.
class OverlapTest {
  private static final ModelSteps MODEL =
      new ModelSteps("small", DType.BF16, 1024, new Heads(8, 2, 128), 2048, 5000, true);

  private static List<Kernel> kernels(String target) {
    List<Kernel> kernels = new ArrayList<>();
    for (StepOfModel step : MODEL.steps(ModelSteps.decode(4), target)) {
      PtxKernelCatalog.builtIn().candidates(step.op(), step.context(), new ArrayList<>()).stream()
          .filter(candidate -> !candidate.template().startsWith("attention"))
          .map(Candidate::emit)
          .forEach(emission -> kernels.addAll(emission.kernels()));
    }
    return kernels;
  }

  @Test
  void everyKernelOfADecodeStepWaitsItselfAndLetsTheNextOneStart() {
    assertThat(kernels("sm_90a"))
        .allSatisfy(kernel -> {
          assertThat(kernel.startsEarly()).as(kernel.name()).isTrue();
          assertThat(kernel.ptx()).contains("griddepcontrol.launch_dependents");
        });
  }

  @Test
  void noneDoesOnOlderGpus() {
    assertThat(kernels("sm_80"))
        .allSatisfy(kernel -> assertThat(kernel.ptx()).doesNotContain("griddepcontrol"));
  }
}
