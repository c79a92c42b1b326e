package dev.lathe.tests.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import java.io.Externalizable;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;

/// Where state may live: not in statics, not in what is plugged into a pipeline, not in Java's
/// serial form.
final class StateRules {
  private StateRules() {}

  static List<HouseRule> below(String root) {
    return List.of(
        staticsAreFinal(root),
        statelessOnceBuilt(root, "passes", "Pass", "PassWithMemory"),
        statelessOnceBuilt(root, "passes", "Rule", "RuleWithMemory"),
        statelessOnceBuilt(root, "codegen", "KernelTemplate", "TemplateWithMemory"),
        noSerialForm(root));
  }

  private static HouseRule staticsAreFinal(String root) {
    return new HouseRule(
        fields()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage(root + "..")
            .and()
            .areStatic()
            .should()
            .beFinal()
            .as("static fields are final"),
        "StaticThatChanges");
  }

  /// Implementors of the type `name` of the module have only final fields.
  private static HouseRule statelessOnceBuilt(
      String root, String module, String name, String offender) {
    String place = root + "." + module;
    DescribedPredicate<JavaClass> port =
        describe(
            module + " " + name,
            type ->
                type.getSimpleName().equals(name)
                    && (type.getPackageName() + ".").startsWith(place + "."));
    return new HouseRule(
        classes()
            .that()
            .resideInAPackage(root + "..")
            .and(assignableTo(port))
            .should()
            .haveOnlyFinalFields()
            .as("the fields of every " + name + " are final"),
        offender);
  }

  private static HouseRule noSerialForm(String root) {
    return new HouseRule(
        noClasses()
            .that()
            .resideInAPackage(root + "..")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(
                Serializable.class,
                Externalizable.class,
                ObjectInputStream.class,
                ObjectOutputStream.class)
            .as("nothing uses java.io serialization"),
        "SerialForm");
  }
}
