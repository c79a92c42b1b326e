package dev.lathe.passes.tune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.ToyModel;
import dev.lathe.passes.select.CandidateCatalog.Candidates;
import dev.lathe.passes.select.KernelCandidate;
import dev.lathe.passes.select.PlannedStep;
import dev.lathe.passes.tune.ListedCandidates.Listed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ContestTest {

  @Test
  void whatIsExpectedToBeAQuarterSlowerIsOut() {
    Contest contest =
        contest(
            new Listed("a", "n=1", 10), new Listed("a", "n=2", 12.5), new Listed("a", "n=3", 13));

    assertThat(names(contest)).containsExactly("a n=1", "a n=2");
    assertThat(contest.others()).isEqualTo(1);
  }

  @Test
  void theBestOfEachTemplateStaysUnlessItIsOutOfTheQuestion() {
    Contest contest =
        contest(
            new Listed("slow", "n=1", 60),
            new Listed("slow", "n=2", 50),
            new Listed("hopeless", "", 500),
            new Listed("quick", "", 10));

    assertThat(names(contest)).containsExactly("quick ", "slow n=2");
  }

  @Test
  void twelveAreEnoughAndTheBestOfATemplateIsAmongThem() {
    List<Listed> many = new ArrayList<>();
    IntStream.range(0, 30).forEach(i -> many.add(new Listed("a", "n=" + i, 10 + i * 0.01)));
    many.add(new Listed("b", "", 40));

    Contest contest = contest(many.toArray(Listed[]::new));

    assertThat(contest.kept()).hasSize(12);
    assertThat(names(contest)).startsWith("a n=0", "a n=1").endsWith("b ");
  }

  @Test
  void amongEqualsTheOrderOfTheCatalogDecides() {
    List<Listed> equal = new ArrayList<>();
    IntStream.range(0, 8).forEach(i -> equal.add(new Listed("a", "n=" + i, 10)));
    Collections.shuffle(equal, new Random(3));

    assertThat(contest(equal.toArray(Listed[]::new)).best().config())
        .isEqualTo(equal.getFirst().config());
  }

  private static List<String> names(Contest contest) {
    return contest.kept().stream().map(c -> c.template() + " " + c.config()).toList();
  }

  private static Contest contest(Listed... listed) {
    PlannedStep linear =
        PlannedToy.steps(ToyModel.llama(1)).stream()
            .filter(step -> step.op() instanceof StepOp.Linear)
            .findFirst()
            .orElseThrow();
    List<KernelCandidate> all =
        new ListedCandidates(listed).candidates(linear.op(), linear.context()).all();
    return Contest.of(new Candidates(all, List.of()));
  }
}
