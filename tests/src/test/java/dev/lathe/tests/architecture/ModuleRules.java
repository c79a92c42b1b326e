package dev.lathe.tests.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import java.util.ArrayList;
import java.util.List;

/// Who may see whom: the arrows between modules, and the boundaries inside them.
final class ModuleRules {
  private static final List<String> MODULES =
      List.of("engine", "ir", "frontend", "passes", "codegen", "runtime", "cli");

  private ModuleRules() {}

  static List<HouseRule> below(String root) {
    List<HouseRule> rules = new ArrayList<>();
    rules.add(arrows(root, "engine", List.of(), "EngineThatSeesRuntime"));
    rules.add(arrows(root, "ir", List.of("engine"), "GraphThatSeesKernels"));
    rules.add(arrows(root, "frontend", List.of("ir", "engine"), "ImporterThatSeesPasses"));
    rules.add(arrows(root, "passes", List.of("ir", "engine"), "RuleThatSeesKernels"));
    // Templates read steps, not graph ops, though Maven would show them the graph.
    rules.add(arrows(root, "codegen", List.of("passes", "engine"), "TemplateThatSeesGraph"));
    rules.add(arrows(root, "runtime", List.of("engine"), "SessionThatSeesGraph"));
    rules.add(inside(root, "codegen.ptx", "codegen.tile", "PtxThatSeesTiles"));
    rules.add(inside(root, "codegen.tile", "codegen.kernel", "TileThatSeesKernels"));
    rules.add(inside(root, "runtime.schedule", "runtime.cuda", "SchedulerThatSeesDriver"));
    rules.add(inside(root, "runtime.kv", "runtime.cuda", "PoolThatSeesDriver"));
    rules.add(driverBindingsStayInCuda(root));
    rules.add(noCycles(root));
    return rules;
  }

  /// The module sees itself, `others`, and no further module.
  private static HouseRule arrows(
      String root, String module, List<String> others, String offender) {
    String[] forbidden =
        MODULES.stream()
            .filter(other -> !other.equals(module) && !others.contains(other))
            .map(other -> root + "." + other + "..")
            .toArray(String[]::new);
    return new HouseRule(
        noClasses()
            .that()
            .resideInAPackage(root + "." + module + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(forbidden)
            .as(module + " sees only " + (others.isEmpty() ? "itself" : String.join(", ", others))),
        offender);
  }

  private static HouseRule inside(String root, String from, String to, String offender) {
    return new HouseRule(
        noClasses()
            .that()
            .resideInAPackage(root + "." + from + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(root + "." + to + "..")
            .as(from + " does not see " + to),
        offender);
  }

  private static HouseRule driverBindingsStayInCuda(String root) {
    return new HouseRule(
        noClasses()
            .that()
            .resideInAPackage(root + "..")
            .and()
            .resideOutsideOfPackage(root + ".runtime.cuda..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..")
            .as("org.bytedeco is seen by runtime.cuda alone"),
        "BindingsOutsideOfCuda");
  }

  private static HouseRule noCycles(String root) {
    return new HouseRule(
        classes()
            .that()
            .resideInAPackage(root + "..")
            .should(new NotInAPackageCycle())
            .as("packages are free of cycles"),
        "FirstOfACycle");
  }
}
