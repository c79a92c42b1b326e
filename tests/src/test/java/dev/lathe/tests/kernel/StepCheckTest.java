package dev.lathe.tests.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import dev.lathe.passes.select.Lowering;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StepCheckTest {
  private static final Lowering NONE = new Lowering(List.of(), List.of(), List.of());
  private static final int EVERY = 23;
  private static final long SMALL = 2_000_000;

  @ParameterizedTest
  @EnumSource(Family.class)
  void casesHaveNamesOfTheirOwn(Family family) {
    Set<String> names = new HashSet<>();
    assertThat(family.cases()).isNotEmpty().allMatch(named -> names.add(named.name()));
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void aRunnerThatIsRightIsFoundRight(Family family) {
    List<NamedCase> cases = family.cases();
    for (int i = 0; i < cases.size(); i += EVERY) {
      StepCase step = cases.get(i).make().get();
      long bytes = step.operands().values().stream().mapToLong(b -> b.value().bytes()).sum();
      if (bytes < SMALL) {
        assertThat(check(step, _ -> {})).as(step.name()).isEmpty();
      }
    }
  }

  @Test
  void wrongRowsAreNamed() {
    StepCase step = linear();
    OperandImage layout = new OperandImage(step, List.of());
    long out = layout.place(((StepOp.Linear) step.op()).out()).offset();

    Optional<String> problem =
        check(
            step,
            image -> {
              for (int row = 4; row < 8; row++) {
                for (int column = 8; column < 16; column++) {
                  image.set(ValueLayout.JAVA_FLOAT, out + 4 * (row * 64L + column), 0);
                }
              }
            });

    assertThat(problem)
        .hasValueSatisfying(text ->
            assertThat(text)
                .contains("32 of 512 elements are wrong")
                .contains("axis 0: 4..7 of 8")
                .contains("axis 1: 8..15 of 64")
                .contains("32 zero")
                .contains("[4, 8] expected"));
  }

  @Test
  void whatWasNeverWrittenIsNamed() {
    StepCase step = linear();
    long out = new OperandImage(step, List.of()).place(((StepOp.Linear) step.op()).out()).offset();

    assertThat(check(step, image -> image.set(ValueLayout.JAVA_INT, out + 4 * 70, -1)))
        .hasValueSatisfying(
            text -> assertThat(text).contains("1 were never written").contains("[1, 6] expected"));
  }

  @Test
  void aWriteBehindTheResultIsNamed() {
    StepCase step = linear();
    OperandImage.Place out =
        new OperandImage(step, List.of()).place(((StepOp.Linear) step.op()).out());

    assertThat(check(step, image -> image.set(ValueLayout.JAVA_BYTE, out.end() + 3, (byte) 0)))
        .hasValueSatisfying(text -> assertThat(text).contains("byte 3 after the end of out"));
  }

  @Test
  void aWriteIntoAnInputIsNamed() {
    StepCase step = linear();
    OperandImage.Place in =
        new OperandImage(step, List.of()).place(((StepOp.Linear) step.op()).in());

    assertThat(check(step, image -> image.set(ValueLayout.JAVA_BYTE, in.offset(), (byte) 1)))
        .hasValueSatisfying(text -> assertThat(text).contains("byte 0 of in"));
  }

  @Test
  void aTokenOutsideOfTheKeptOnesIsNamed() {
    StepCase step = named(Family.LOGITS, "sample top-k, V 256, R 64, decode.64");
    Ref out = ((StepOp.Sample) step.op()).out();
    long at = new OperandImage(step, List.of()).place(out).offset();

    assertThat(
            check(
                step,
                image -> {
                  int token = image.get(ValueLayout.JAVA_INT, at);
                  image.set(ValueLayout.JAVA_INT, at, (token + 1) % 256);
                }))
        .hasValueSatisfying(text -> assertThat(text).contains("row 0").contains("top-k 2"));
  }

  @Test
  void indicesAreSummedUp() {
    java.util.BitSet each = new java.util.BitSet();
    for (int i = 0; i < 64; i++) {
      each.set(i, i % 16 >= 8);
    }
    java.util.BitSet last = new java.util.BitSet();
    last.set(65, 130);

    assertThat(IndexPattern.describe(each, 64)).isEqualTo("8..15 of each 16 (32 of 64)");
    assertThat(IndexPattern.describe(last, 300)).isEqualTo("65..129 of 300");
  }

  private static StepCase linear() {
    return LinearCases.of(DType.F32).stream()
        .filter(named -> named.name().contains("N 64 K 64") && named.name().endsWith(".8, T 8"))
        .findFirst()
        .orElseThrow()
        .make()
        .get();
  }

  private static StepCase named(Family family, String name) {
    return family.cases().stream()
        .filter(named -> named.name().equals(name))
        .findFirst()
        .orElseThrow()
        .make()
        .get();
  }

  private static Optional<String> check(StepCase step, Consumer<MemorySegment> flaw) {
    try (CpuRunner runner = new CpuRunner(flaw)) {
      return new StepCheck(runner).run(step, "check", NONE, StepCheck.expected(step));
    }
  }
}
