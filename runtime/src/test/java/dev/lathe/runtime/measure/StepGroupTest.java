package dev.lathe.runtime.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.runtime.LlamaImage;
import dev.lathe.runtime.LlamaShape;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepGroupTest {

  @Test
  void equalStepsOfAllLayersAreOneGroup() {
    LlamaImage image = new LlamaImage(LlamaShape.TINY, 1);

    List<StepGroup> groups = StepGroup.of(image.manifest(), image.plans().getFirst());

    assertThat(groups)
        .extracting(group -> group.count() + " " + group.name())
        .containsExactly(
            "1 embed",
            "4 layers.*.norm*",
            "2 layers.*.qkv.linear",
            "2 layers.*.rope",
            "2 layers.*.attention",
            "2 layers.*.o.linear",
            "2 layers.*.gate_up.linear",
            "2 layers.*.swiglu",
            "2 layers.*.down.linear",
            "1 pick",
            "1 norm",
            "1 embed.linear",
            "1 adjust",
            "1 sample");
    assertThat(groups.stream().mapToInt(StepGroup::count).sum())
        .isEqualTo(image.plans().getFirst().steps().size());
  }
}
