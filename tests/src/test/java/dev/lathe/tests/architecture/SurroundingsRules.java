package dev.lathe.tests.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.util.List;

/// Only `cli` knows the process it runs in: its streams, environment, properties and end.
final class SurroundingsRules {
  private SurroundingsRules() {}

  static List<HouseRule> below(String root) {
    return List.of(
        new HouseRule(
            outsideOfCli(root)
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .as("only cli prints"),
            "PrinterOutsideOfCli"),
        calls(root, "getenv|getProperty|getProperties", System.class, "EnvironmentOutsideOfCli"),
        calls(root, "getInteger", Integer.class, "PropertyOutsideOfCli"),
        calls(root, "getLong", Long.class, "PropertyOutsideOfCli"),
        calls(root, "getBoolean", Boolean.class, "PropertyOutsideOfCli"),
        calls(root, "exit", System.class, "ExitOutsideOfCli"),
        calls(root, "exit|halt", Runtime.class, "ExitOutsideOfCli"));
  }

  private static GivenClassesConjunction outsideOfCli(String root) {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .and()
        .resideOutsideOfPackage(root + ".cli..");
  }

  /// Methods of `type` whose name matches `names` are called in `cli` alone.
  private static HouseRule calls(String root, String names, Class<?> type, String offender) {
    return new HouseRule(
        outsideOfCli(root)
            .should()
            .callMethodWhere(
                target(nameMatching(names))
                    .and(target(owner(JavaClass.Predicates.equivalentTo(type)))))
            .as("only cli calls " + type.getSimpleName() + "." + names),
        offender);
  }
}
