package dev.lathe.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Profile;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import dev.lathe.engine.v1.StepOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BufferSlotsTest {
  private final List<Buffer> buffers = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();

  private void arena(String... names) {
    for (String name : names) {
      buffers.add(
          new Buffer(name, DType.F32, List.of(SizeExpr.TOKENS), new Buffer.Storage.Arena(0)));
    }
  }

  private void step(String in, String out) {
    steps.add(
        new Step(
            out,
            new StepOp.Unary(StepOp.UnaryKind.SILU, Ref.buffer(in), Ref.buffer(out)),
            List.of()));
  }

  private int slot(String name) {
    Sizes one = new Sizes(1, 1, 1);
    Plan plan = new Plan(new Profile("p", Profile.Kind.MIXED, one), buffers, steps, 0);
    Map<Buffer, Integer> slots = BufferSlots.assign(plan);
    return slots.getOrDefault(plan.buffer(name), -1);
  }

  @Test
  void buffersThatLiveAtDifferentTimesShareASlot() {
    arena("a", "b", "c", "d");
    step("a", "b");
    step("b", "c");
    step("c", "d");

    assertThat(slot("c")).isEqualTo(slot("a"));
    assertThat(slot("d")).isEqualTo(slot("b"));
  }

  @Test
  void aResultNeverLiesWhereAnOperandOfItsStepDoes() {
    arena("a", "b");
    step("a", "b");

    assertThat(slot("a")).isNotEqualTo(slot("b"));
  }

  @Test
  void aBufferThatIsReadLateKeepsItsSlot() {
    arena("a", "b", "c", "d");
    step("a", "b");
    step("b", "c");
    step("c", "d");
    step("a", "d");

    assertThat(slot("a")).isNotIn(slot("b"), slot("c"), slot("d"));
    assertThat(slot("d")).isEqualTo(slot("b"));
  }

  @Test
  void aBufferThatNoStepNamesHasNone() {
    arena("a", "b", "workspace");
    step("a", "b");

    assertThat(slot("workspace")).isEqualTo(-1);
  }
}
