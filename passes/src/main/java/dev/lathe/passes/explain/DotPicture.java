package dev.lathe.passes.explain;

import dev.lathe.passes.explain.GraphBoxes.Arrow;
import dev.lathe.passes.explain.GraphBoxes.Box;

/// Graphviz text.
final class DotPicture {
  private DotPicture() {}

  static String draw(GraphBoxes graph) {
    StringBuilder text = new StringBuilder("digraph model {\n  node [shape=box, fontname=sans];\n");
    for (Box box : graph.boxes()) {
      String label = String.join("\\n", box.lines()).replace("\"", "\\\"");
      String style = box.isInput() ? ", style=rounded" : "";
      text.append("  b%d [label=\"%s\"%s];\n".formatted(box.id(), label, style));
    }
    for (Arrow arrow : graph.arrows()) {
      text.append("  b%d -> b%d;\n".formatted(arrow.from(), arrow.to()));
    }
    return text.append("}\n").toString();
  }
}
