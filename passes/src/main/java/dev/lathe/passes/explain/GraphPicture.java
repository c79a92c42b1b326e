package dev.lathe.passes.explain;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.ir.Graph;
import java.util.Locale;

/// Draws a graph: a box a node with its place in the model, its op, weights and type, and an arrow
/// for each operand that another node computes.
public final class GraphPicture {
  private GraphPicture() {}

  /// The text of a picture file, by the end of its name: `.svg` (drawn by a browser), `.dot`
  /// (Graphviz) or `.mmd` (Mermaid).
  ///
  /// @throws LatheException for any other name
  public static String of(Graph graph, String fileName) {
    GraphBoxes boxes = GraphBoxes.of(graph);
    String ending = fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (ending) {
      case "svg" -> SvgPicture.draw(boxes);
      case "dot" -> DotPicture.draw(boxes);
      case "mmd" -> MermaidPicture.draw(boxes);
      default ->
          throw new LatheException(
              ExitCode.USAGE,
              "picture-format",
              "'" + fileName + "' has no ending that tells the format of the picture",
              "use .svg, .dot or .mmd");
    };
  }
}
