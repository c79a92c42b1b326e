package dev.lathe.tests.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;

/// A rule over class files, and the planted class that breaks it.
///
/// @param rule what must hold; it holds of no classes at all, so that it may come before them
/// @param offender simple name of the class in `planted` that the rule must report
record HouseRule(ArchRule rule, String offender) {
  HouseRule {
    rule = rule.allowEmptyShould(true);
  }

  /// Every rule, for the modules below the package `root`.
  static List<HouseRule> all(String root) {
    List<HouseRule> rules = new ArrayList<>();
    rules.addAll(ModuleRules.below(root));
    rules.addAll(StateRules.below(root));
    rules.addAll(SurroundingsRules.below(root));
    rules.addAll(NameRules.below(root));
    return rules;
  }

  /// One line for each violation.
  List<String> violations(JavaClasses classes) {
    return rule.evaluate(classes).getFailureReport().getDetails();
  }

  @Override
  public String toString() {
    return rule.getDescription();
  }
}
