package dev.lathe.passes.explain;

import dev.lathe.passes.explain.GraphBoxes.Arrow;
import dev.lathe.passes.explain.GraphBoxes.Box;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// An SVG drawing: boxes in layers from top to bottom, each below all that feed it.
final class SvgPicture {
  private static final int LINE = 16;
  private static final int PADDING = 8;
  private static final int GAP = 28;
  private static final int CHARACTER = 7;

  private final Map<Integer, Frame> frames = new HashMap<>();
  private int width;
  private int height = GAP;

  private SvgPicture() {}

  static String draw(GraphBoxes graph) {
    SvgPicture picture = new SvgPicture();
    for (List<Box> layer : layers(graph)) {
      picture.place(layer);
    }
    return picture.text(graph);
  }

  private record Frame(int x, int y, int width, int height) {
    int centre() {
      return x + width / 2;
    }
  }

  private static List<List<Box>> layers(GraphBoxes graph) {
    List<List<Box>> layers = new ArrayList<>();
    for (Box box : graph.boxes()) {
      while (layers.size() <= box.layer()) {
        layers.add(new ArrayList<>());
      }
      layers.get(box.layer()).add(box);
    }
    return layers;
  }

  private void place(List<Box> layer) {
    int x = GAP;
    int tallest = 0;
    for (Box box : layer) {
      int longest = box.lines().stream().mapToInt(String::length).max().orElse(0);
      int boxWidth = longest * CHARACTER + 2 * PADDING;
      int boxHeight = box.lines().size() * LINE + 2 * PADDING;
      frames.put(box.id(), new Frame(x, height, boxWidth, boxHeight));
      x += boxWidth + GAP;
      tallest = Math.max(tallest, boxHeight);
    }
    width = Math.max(width, x);
    height += tallest + GAP;
  }

  private Frame frame(int box) {
    Frame frame = frames.get(box);
    if (frame == null) {
      throw new IllegalStateException("box " + box + " has no place");
    }
    return frame;
  }

  private String text(GraphBoxes graph) {
    StringBuilder text =
        new StringBuilder(
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" \
            font-family="monospace" font-size="11">
            """
                .formatted(width, height));
    graph.arrows().forEach(arrow -> text.append(arrow(arrow)));
    graph.boxes().forEach(box -> text.append(box(box)));
    return text.append("</svg>\n").toString();
  }

  private String arrow(Arrow arrow) {
    Frame from = frame(arrow.from());
    Frame to = frame(arrow.to());
    return "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#888\"/>\n"
        .formatted(from.centre(), from.y() + from.height(), to.centre(), to.y());
  }

  private String box(Box box) {
    Frame frame = frame(box.id());
    StringBuilder text =
        new StringBuilder(
            """
            <rect x="%d" y="%d" width="%d" height="%d" rx="%d" fill="%s" stroke="#444"/>
            """
                .formatted(
                    frame.x(),
                    frame.y(),
                    frame.width(),
                    frame.height(),
                    box.isInput() ? 10 : 2,
                    box.isInput() ? "#e8f0ff" : "#fff"));
    for (int i = 0; i < box.lines().size(); i++) {
      text.append(
          "<text x=\"%d\" y=\"%d\">%s</text>\n"
              .formatted(
                  frame.x() + PADDING,
                  frame.y() + PADDING + LINE * i + LINE * 3 / 4,
                  escaped(box.lines().get(i))));
    }
    return text.toString();
  }

  private static String escaped(String line) {
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
