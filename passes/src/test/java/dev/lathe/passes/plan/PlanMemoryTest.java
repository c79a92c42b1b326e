package dev.lathe.passes.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Buffer.Storage;
import dev.lathe.engine.v1.Ref;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlanMemoryTest {
  private static final Sizes MAX = new Sizes(10, 2, 2);

  private static Buffer buffer(String name, long columns) {
    List<SizeExpr> shape = List.of(SizeExpr.TOKENS, SizeExpr.of(columns));
    return new Buffer(name, DType.F32, shape, new Storage.Arena(0));
  }

  private static List<Ref> refs(String... names) {
    return List.of(names).stream().map(Ref::buffer).toList();
  }

  private static long offset(PlanMemory.Layout layout, int index) {
    return ((Storage.Arena) layout.buffers().get(index).storage()).offset();
  }

  @Test
  void buffersThatDoNotLiveTogetherShareBytes() {
    List<Buffer> chain = List.of(buffer("a", 64), buffer("b", 64), buffer("c", 64));

    PlanMemory.Layout layout = PlanMemory.plan(chain, List.of(refs("a", "b"), refs("b", "c")), MAX);

    assertThat(layout.arenaBytes()).isEqualTo(2 * 64 * 10 * 4);
    assertThat(offset(layout, 0)).isEqualTo(offset(layout, 2)).isNotEqualTo(offset(layout, 1));
  }

  @Test
  void aBufferGoesIntoTheTightestGap() {
    List<Buffer> buffers =
        List.of(
            buffer("first", 192), buffer("wide", 128), buffer("wall", 128), buffer("tight", 64));
    List<List<Ref>> steps =
        List.of(refs("first", "wall"), refs("wide", "wall"), refs("wide", "tight", "wall"));

    PlanMemory.Layout layout = PlanMemory.plan(buffers, steps, MAX);

    assertThat(layout.arenaBytes()).isEqualTo((192 + 128) * 10 * 4);
    assertThat(offset(layout, 3)).isEqualTo(128 * 10 * 4);
  }

  @Test
  void inputsAndOutputsAreNotInTheArena() {
    Buffer output =
        new Buffer(
            "logits",
            DType.F32,
            List.of(SizeExpr.LOGIT_ROWS),
            new Storage.Output(Buffer.OutputKind.LOGITS));

    PlanMemory.Layout layout = PlanMemory.plan(List.of(output), List.of(refs("logits")), MAX);

    assertThat(layout.arenaBytes()).isZero();
    assertThat(layout.buffers()).containsExactly(output);
  }

  @Test
  void aBufferThatNoStepTouchesIsABug() {
    assertThatThrownBy(() -> PlanMemory.plan(List.of(buffer("a", 1)), List.of(), MAX))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no step uses buffer a");
  }

  @Test
  void noTwoLiveBuffersOverlapInRandomPrograms() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<Buffer> buffers = new ArrayList<>();
      List<List<Ref>> steps = new ArrayList<>();
      for (int step = 0; step < 30; step++) {
        buffers.add(buffer("b" + step, random.nextInt(1, 400)));
        List<Ref> touched = new ArrayList<>(refs("b" + step));
        for (int i = random.nextInt(3); i > 0; i--) {
          touched.add(Ref.buffer("b" + random.nextInt(step + 1)));
        }
        steps.add(touched);
      }

      check(PlanMemory.plan(buffers, steps, MAX), steps, seed);
    }
  }

  private static void check(PlanMemory.Layout layout, List<List<Ref>> steps, int seed) {
    for (Buffer buffer : layout.buffers()) {
      assertThat(begin(buffer) % 256).isZero();
      assertThat(end(buffer)).isLessThanOrEqualTo(layout.arenaBytes());
    }
    for (int step = 0; step < steps.size(); step++) {
      Set<Ref> before = new HashSet<>();
      steps.subList(0, step + 1).forEach(before::addAll);
      Set<Ref> after = new HashSet<>();
      steps.subList(step, steps.size()).forEach(after::addAll);
      List<Buffer> live =
          layout.buffers().stream()
              .filter(buffer -> before.contains(Ref.buffer(buffer.name())))
              .filter(buffer -> after.contains(Ref.buffer(buffer.name())))
              .sorted(Comparator.comparingLong(PlanMemoryTest::begin))
              .toList();
      for (int i = 1; i < live.size(); i++) {
        assertThat(begin(live.get(i)))
            .as("seed %d, step %d: %s and %s", seed, step, live.get(i - 1), live.get(i))
            .isGreaterThanOrEqualTo(end(live.get(i - 1)));
      }
    }
  }

  private static long begin(Buffer buffer) {
    return ((Storage.Arena) buffer.storage()).offset();
  }

  private static long end(Buffer buffer) {
    return begin(buffer) + buffer.bytes(MAX);
  }
}
