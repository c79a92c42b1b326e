package dev.lathe.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HouseRulesTest {
  private static final String ROOT = "dev.lathe";
  private static final String PLANTED = "dev.lathe.tests.architecture.planted";

  private final JavaClasses lathe =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);
  private final JavaClasses planted = new ClassFileImporter().importPackages(PLANTED);

  @Test
  void findsTheClassesOfLathe() {
    assertThat(lathe.contain("dev.lathe.cli.Main")).isTrue();
  }

  @ParameterizedTest
  @MethodSource("houseRules")
  void latheKeepsTheRule(HouseRule rule) {
    assertThat(rule.violations(lathe)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("plantedRules")
  void theRuleReportsThePlantedOffender(HouseRule rule) {
    assertThat(rule.violations(planted))
        .isNotEmpty()
        .anySatisfy(line -> assertThat(line).contains(rule.offender()));
  }

  static List<HouseRule> houseRules() {
    return HouseRule.all(ROOT);
  }

  static List<HouseRule> plantedRules() {
    return HouseRule.all(PLANTED);
  }
}
