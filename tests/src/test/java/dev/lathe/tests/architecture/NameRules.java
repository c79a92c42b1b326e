package dev.lathe.tests.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import java.util.List;

/// Names that say nothing about what a class is.
final class NameRules {
  private static final List<String> EMPTY_SUFFIXES =
      List.of("Util", "Utils", "Helper", "Misc", "Common", "Base", "Impl");

  private NameRules() {}

  static List<HouseRule> below(String root) {
    return EMPTY_SUFFIXES.stream().map(suffix -> unused(root, suffix)).toList();
  }

  private static HouseRule unused(String root, String suffix) {
    return new HouseRule(
        noClasses()
            .that()
            .resideInAPackage(root + "..")
            .should()
            .haveSimpleNameEndingWith(suffix)
            .as("no class is called ..." + suffix),
        "Sample" + suffix);
  }
}
