package dev.lathe.passes.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.passes.Compiler;
import dev.lathe.passes.ExpertToyModel;
import dev.lathe.passes.ToyModel;
import dev.lathe.passes.plan.CompiledModel;
import dev.lathe.passes.plan.PlanRequest;
import java.io.StringReader;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ExplainTest {
  private static final Manifest.Limits LIMITS = new Manifest.Limits(4, 128, 100, 64, false);
  private static final CompiledModel MODEL =
      Compiler.compile(
          new ToyModel(4, 96, true, false).graph(),
          new PlanRequest(LIMITS, 32, "cpu", Optional.empty()));

  @Test
  void aMermaidPictureHasABoxANodeAndAnArrowAnOperand() {
    String picture = GraphPicture.of(MODEL.graph(), "a.mmd");

    assertThat(picture)
        .startsWith("flowchart TD\n")
        .contains("([\"%token_ids<br/>(T) i32\"])")
        .contains(
            "layers.0.mlp.down<br/>linear<br/>@layers.0.mlp.down (64 x 96) bf16<br/>-> (T x 64)");
    assertThat(picture.lines().filter(line -> line.contains("[\"")))
        .hasSize(MODEL.graph().nodes().size() + 3 + 2 * 4);
  }

  @Test
  void aDotPictureHasTheSameBoxes() {
    assertThat(GraphPicture.of(MODEL.graph(), "a.DOT"))
        .startsWith("digraph model {\n")
        .contains("[label=\"norm\\nrms_norm\\n@norm (64) bf16\\n-> (R x 64) bf16\"]")
        .endsWith("}\n");
  }

  @Test
  void anSvgPictureIsWellFormedAndItsBoxesDoNotOverlap() throws Exception {
    Document svg = parse(GraphPicture.of(MODEL.graph(), "a.svg"));
    var boxes = svg.getElementsByTagName("rect");

    assertThat(boxes.getLength()).isEqualTo(MODEL.graph().nodes().size() + 3 + 2 * 4);
    for (int i = 0; i < boxes.getLength(); i++) {
      for (int j = 0; j < i; j++) {
        assertThat(overlap(frame(boxes.item(i)), frame(boxes.item(j)))).isFalse();
      }
    }
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  private static int[] frame(org.w3c.dom.Node box) {
    var attributes = box.getAttributes();
    return new int[] {
      Integer.parseInt(attributes.getNamedItem("x").getNodeValue()),
      Integer.parseInt(attributes.getNamedItem("y").getNodeValue()),
      Integer.parseInt(attributes.getNamedItem("width").getNodeValue()),
      Integer.parseInt(attributes.getNamedItem("height").getNodeValue())
    };
  }

  private static boolean overlap(int[] a, int[] b) {
    return a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
  }

  @Test
  void aPictureOfNoKnownFormatIsRefused() {
    assertThatThrownBy(() -> GraphPicture.of(MODEL.graph(), "a.png"))
        .isInstanceOf(LatheException.class)
        .hasMessageContaining("'a.png' has no ending");
  }

  @Test
  void theMemoryTextCountsWhatTheModelNeeds() {
    assertThat(MemoryText.of(MODEL))
        .contains("KV cache         512 B  each token: 4 layers, 2 heads of 16, bf16")
        .contains("64.0 KiB  each sequence of 128 tokens")
        .contains("256.0 KiB  4 such sequences")
        .contains("plan mixed: up to 64 tokens of 4 sequences")
        .contains("4 rows, float32");
  }

  @Test
  void thePlanTableHasALineAStepAndALineABuffer() {
    String table = PlanTable.of(MODEL.plans().getLast());

    assertThat(table)
        .contains("plan mixed: T <= 64, S <= 4, R <= 4")
        .containsPattern(
            "layers\\.0\\.mlp\\.down +Linear +layers\\.0\\.mlp\\.gate_up, embedding +emb")
        .containsPattern("kv\\.3\\.values +\\(\\) bf16 +0 B +KV pool")
        .containsPattern("logits +\\(R x 100\\) f32 +1\\.6 KiB +output");
  }

  @Test
  void theStoryTellsLikeLayersOnce() {
    assertThat(PlanStory.of(MODEL))
        .contains("Layers 0 to 2, each:")
        .contains("Layer 3:")
        .contains(
            "multiplies by @layers.0.mlp.down (64 x 96) bf16, adds the residual stream in place")
        .contains("adds a bias")
        .contains("layers.3.attention.out.rows        keeps the rows")
        .contains("layers.0.mlp.norm                  scales each row to a root mean square of 1")
        .doesNotContain("layers.1.");
  }

  @Test
  void theStoryTellsWhatExpertsDo() {
    CompiledModel model =
        Compiler.compile(
            new ExpertToyModel(true).graph(), new PlanRequest(LIMITS, 32, "cpu", Optional.empty()));

    assertThat(PlanStory.of(model))
        .contains("chooses 2 of 5 experts for each row, and their weights")
        .contains("sorts the rows by expert, so that those of one lie together")
        .contains(
            "multiplies the rows of each expert by its part of @layers.0.mlp.gate_up"
                + " (5 x 48 x 32) bf16, gates: silu(gate) * up")
        .contains(
            "sums the results of each row's experts by their weights,"
                + " adds the residual stream in place");
  }
}
