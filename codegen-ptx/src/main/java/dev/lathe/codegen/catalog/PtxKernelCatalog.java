package dev.lathe.codegen.catalog;

import dev.lathe.codegen.kernel.Cost;
import dev.lathe.codegen.kernel.KernelProvider;
import dev.lathe.codegen.kernel.KernelTemplate;
import dev.lathe.codegen.kernel.Launches;
import dev.lathe.codegen.kernel.Support;
import dev.lathe.codegen.ptx.asm.Kernel;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.select.CandidateCatalog;
import dev.lathe.passes.select.KernelCandidate;
import dev.lathe.passes.select.Lowering;
import dev.lathe.passes.select.NoKernelException;
import dev.lathe.passes.select.StepContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/// Chooses kernels among templates: of all configurations of all templates that support a step, the
/// one with the least estimated cost; the first one in the list among equals.
public final class PtxKernelCatalog implements CandidateCatalog {
  private final List<KernelTemplate<?, ?, ?>> templates;
  private final EmittedKernels emitted = new EmittedKernels();

  /// @param templates in the order in which equals are preferred
  public PtxKernelCatalog(List<KernelTemplate<?, ?, ?>> templates) {
    this.templates = List.copyOf(templates);
  }

  /// The catalog of all built-in templates.
  public static PtxKernelCatalog builtIn() {
    return new PtxKernelCatalog(BuiltInTemplates.LIST);
  }

  /// The built-in templates, and after them those that the class loader's services declare.
  ///
  /// @throws LatheException `plugin-conflict`, exit code 2, if two templates have one id
  public static PtxKernelCatalog withPlugins(ClassLoader loader) {
    List<KernelTemplate<?, ?, ?>> templates = new ArrayList<>(BuiltInTemplates.LIST);
    ServiceLoader.load(KernelProvider.class, loader).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(provider -> provider.getClass().getName()))
        .forEach(provider -> templates.addAll(provider.templates()));
    requireOneOfEachId(templates);
    return new PtxKernelCatalog(templates);
  }

  /// Ids are part of the names of kernels, and one name stands for one text.
  private static void requireOneOfEachId(List<KernelTemplate<?, ?, ?>> templates) {
    Map<String, KernelTemplate<?, ?, ?>> byId = new HashMap<>();
    for (KernelTemplate<?, ?, ?> template : templates) {
      KernelTemplate<?, ?, ?> other = byId.put(template.id(), template);
      if (other != null) {
        throw new LatheException(
            ExitCode.USAGE,
            "plugin-conflict",
            "the kernel template '"
                + template.id()
                + "' is claimed by "
                + other.getClass().getName()
                + " and "
                + template.getClass().getName(),
            "load only one of the plugins");
      }
    }
  }

  /// All templates, in the order in which equals are preferred.
  public List<KernelTemplate<?, ?, ?>> templates() {
    return templates;
  }

  @Override
  public Lowering lower(StepOp op, StepContext context) {
    List<String> reasons = new ArrayList<>();
    return candidates(op, context, reasons).stream()
        .min(Comparator.comparing(Candidate::cost))
        .orElseThrow(() -> noKernel(op, context, reasons))
        .lower();
  }

  @Override
  public Candidates candidates(StepOp op, StepContext context) {
    List<String> refusals = new ArrayList<>();
    return new Candidates(List.copyOf(candidates(op, context, refusals)), refusals);
  }

  /// Every way to carry out the step, in the order of the templates.
  ///
  /// @param reasons where refusals are added, one sentence a template
  public List<Candidate> candidates(StepOp op, StepContext context, List<String> reasons) {
    List<Candidate> candidates = new ArrayList<>();
    for (KernelTemplate<?, ?, ?> template : templates) {
      if (template.op().isInstance(op)) {
        candidates.addAll(candidates(template, op, context, reasons));
      }
    }
    return candidates;
  }

  private <O extends StepOp, P extends Record, C extends Record> List<Candidate> candidates(
      KernelTemplate<O, P, C> template, StepOp op, StepContext context, List<String> reasons) {
    O step = template.op().cast(op);
    return switch (template.supports(step, context)) {
      case Support.No<P>(String reason) -> {
        reasons.add(template.id() + ": " + reason);
        yield List.of();
      }
      case Support.Yes<P>(P problem) -> {
        Target target = Target.parse(context.target());
        yield template
            .space(problem, target)
            .<Candidate>map(
                config -> new Choice<>(template, step, context, problem, config, target, emitted))
            .toList();
      }
    };
  }

  private static NoKernelException noKernel(StepOp op, StepContext context, List<String> reasons) {
    List<String> given = reasons.isEmpty() ? List.of("no template is for it") : reasons;
    String name =
        op instanceof StepOp.Custom custom ? custom.name() : op.getClass().getSimpleName();
    return new NoKernelException(context.step(), name, context.target(), given);
  }

  /// One configuration of one template for one step.
  public sealed interface Candidate extends KernelCandidate {

    Cost cost();

    @Override
    default double estimatedMicros() {
      return cost().micros();
    }

    /// The kernels before they are text, and their launches.
    Emission emit();
  }

  /// What a candidate emits.
  public record Emission(List<Kernel> kernels, Launches launches) {
    public Emission {
      kernels = List.copyOf(kernels);
    }
  }

  private record Choice<O extends StepOp, P extends Record, C extends Record>(
      KernelTemplate<O, P, C> kernelTemplate,
      O op,
      StepContext context,
      P problem,
      C configuration,
      Target target,
      EmittedKernels emitted)
      implements Candidate {
    @Override
    public String template() {
      return kernelTemplate.id();
    }

    @Override
    public String config() {
      return KernelName.text(configuration);
    }

    @Override
    public Cost cost() {
      return kernelTemplate.estimate(problem, configuration, target);
    }

    @Override
    public Emission emit() {
      EmittedKernels.Emitted kernels = kernels();
      return new Emission(kernels.kernels(), launches(kernels));
    }

    @Override
    public Lowering lower() {
      EmittedKernels.Emitted kernels = kernels();
      Launches launches = launches(kernels);
      return new Lowering(kernels.sources(), launches.launches(), launches.workspace());
    }

    private EmittedKernels.Emitted kernels() {
      return emitted.of(kernelTemplate, problem, configuration, target);
    }

    private Launches launches(EmittedKernels.Emitted kernels) {
      return kernelTemplate.launches(op, context, problem, configuration, kernels.kernels());
    }
  }
}
