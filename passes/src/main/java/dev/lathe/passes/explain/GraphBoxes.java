package dev.lathe.passes.explain;

import dev.lathe.ir.Graph;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A graph as boxes and arrows, before it is known how they are drawn. Batch inputs and caches are
/// boxes too; weights are lines in the boxes that use them.
///
/// @param arrows in the order of the boxes that they lead to
record GraphBoxes(List<Box> boxes, List<Arrow> arrows) {
  GraphBoxes {
    boxes = List.copyOf(boxes);
    arrows = List.copyOf(arrows);
  }

  /// @param lines title first
  /// @param layer least count of boxes above it, plus one; 0 for inputs
  record Box(int id, List<String> lines, boolean isInput, int layer) {
    Box {
      lines = List.copyOf(lines);
    }
  }

  /// From a box to one that uses its result.
  record Arrow(int from, int to) {}

  static GraphBoxes of(Graph graph) {
    List<Box> boxes = new ArrayList<>();
    List<Arrow> arrows = new ArrayList<>();
    Map<Value, Box> byResult = new HashMap<>();
    for (Value leaf : graph.leaves()) {
      if (!(leaf.def() instanceof LeafOp.Weight)) {
        Box box = new Box(boxes.size(), leafLines(leaf), true, 0);
        boxes.add(box);
        byResult.put(leaf, box);
      }
    }
    for (Node node : graph.nodes()) {
      List<Box> above = above(node, byResult);
      int layer = 1 + above.stream().mapToInt(Box::layer).max().orElse(0);
      Box box = new Box(boxes.size(), lines(node), false, layer);
      boxes.add(box);
      above.forEach(from -> arrows.add(new Arrow(from.id(), box.id())));
      node.results().forEach(result -> byResult.put(result, box));
    }
    return new GraphBoxes(boxes, arrows);
  }

  private static List<Box> above(Node node, Map<Value, Box> byResult) {
    return node.op().operands().stream()
        .flatMap(operand -> Stream.ofNullable(byResult.get(operand)))
        .distinct()
        .toList();
  }

  private static List<String> leafLines(Value leaf) {
    return List.of(((LeafOp) leaf.def()).text(), shape(leaf));
  }

  private static List<String> lines(Node node) {
    Stream<String> weights =
        node.op().operands().stream()
            .filter(operand -> operand.def() instanceof LeafOp.Weight)
            .map(operand -> ((LeafOp) operand.def()).text() + " " + shape(operand));
    Stream<String> head = Stream.of(node.label(), node.op().mnemonic());
    Stream<String> type = Stream.of("-> " + shape(node.results().getFirst()));
    return Stream.of(head, weights, type).flatMap(lines -> lines).toList();
  }

  private static String shape(Value value) {
    return "(" + value.type().shape().text() + ") " + value.type().dtype().text();
  }
}
