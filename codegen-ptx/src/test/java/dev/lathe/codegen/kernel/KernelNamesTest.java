package dev.lathe.codegen.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.codegen.kernel.ModelSteps.StepOfModel;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.StepOp.Heads;
import dev.lathe.passes.select.KernelCandidate;
import dev.lathe.passes.select.Lowering.KernelSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class KernelNamesTest {
  private static final ModelSteps MODEL =
      new ModelSteps("austen-6m", DType.BF16, 256, new Heads(4, 2, 64), 768, 4096, false);

  private final PtxKernelCatalog catalog = PtxKernelCatalog.builtIn();

  @Test
  void sizesOfAProfileThatDoNotChangeATextDoNotChangeItsName() {
    Set<String> few = names("linear.tile", ModelSteps.mixed(128));

    assertThat(few).isNotEmpty();
    assertThat(names("linear.tile", ModelSteps.mixed(8192))).isEqualTo(few);
  }

  @Test
  void oneNameStandsForOneKernel() {
    Map<String, KernelSource> known = new HashMap<>();

    for (Profile profile :
        List.of(ModelSteps.decode(8), ModelSteps.decode(64), ModelSteps.mixed(99))) {
      for (StepOfModel step : MODEL.steps(profile, "sm_90a")) {
        for (KernelCandidate candidate : candidates(step)) {
          for (KernelSource kernel : candidate.lower().kernels()) {
            assertThat(known.merge(kernel.entry().name(), kernel, (first, _) -> first))
                .isEqualTo(kernel);
          }
        }
      }
    }
    assertThat(known).hasSizeGreaterThan(50);
  }

  @Test
  void templateAndConfigurationTellCandidatesApart() {
    for (StepOfModel step : MODEL.steps(ModelSteps.decode(64), "sm_90a")) {
      assertThat(candidates(step).stream().map(one -> one.template() + "(" + one.config() + ")"))
          .doesNotHaveDuplicates();
    }
  }

  private Set<String> names(String template, Profile profile) {
    return MODEL.steps(profile, "sm_90a").stream()
        .flatMap(step -> candidates(step).stream())
        .filter(candidate -> candidate.template().equals(template))
        .flatMap(candidate -> candidate.lower().kernels().stream())
        .map(kernel -> kernel.entry().name())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private List<KernelCandidate> candidates(StepOfModel step) {
    return catalog.candidates(step.op(), step.context()).all();
  }
}
