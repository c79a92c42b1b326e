package dev.lathe.passes.explain;

import dev.lathe.passes.explain.GraphBoxes.Arrow;
import dev.lathe.passes.explain.GraphBoxes.Box;

/// Mermaid text, as Markdown viewers draw it.
final class MermaidPicture {
  private MermaidPicture() {}

  static String draw(GraphBoxes graph) {
    StringBuilder text = new StringBuilder("flowchart TD\n");
    for (Box box : graph.boxes()) {
      String label = String.join("<br/>", box.lines()).replace("\"", "&quot;");
      String form = box.isInput() ? "  b%d([\"%s\"])\n" : "  b%d[\"%s\"]\n";
      text.append(form.formatted(box.id(), label));
    }
    for (Arrow arrow : graph.arrows()) {
      text.append("  b%d --> b%d\n".formatted(arrow.from(), arrow.to()));
    }
    return text.toString();
  }
}
