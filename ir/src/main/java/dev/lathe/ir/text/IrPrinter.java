package dev.lathe.ir.text;

import dev.lathe.ir.Graph;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.LeafOp.Input;
import dev.lathe.ir.LeafOp.KvCache;
import dev.lathe.ir.LeafOp.Weight;
import dev.lathe.ir.Node;
import dev.lathe.ir.OpCatalog;
import dev.lathe.ir.OpSchema.Field;
import dev.lathe.ir.OpSchema.Role;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Writes graphs as text.
public final class IrPrinter {
  private final ValueNames names;

  private IrPrinter(ValueNames names) {
    this.names = names;
  }

  /// The whole graph, ending with a line break.
  public static String print(Graph graph) {
    IrPrinter printer = new IrPrinter(ValueNames.of(graph));
    StringBuilder text = new StringBuilder();
    text.append("graph ").append(LiteralPrinter.print(graph.stage())).append(" {\n");
    for (Value leaf : graph.leaves()) {
      text.append("  ").append(leaf((LeafOp) leaf.def())).append('\n');
    }
    for (Node node : graph.nodes()) {
      text.append("  ").append(printer.node(node)).append('\n');
    }
    String outputs = graph.outputs().stream().map(printer::name).collect(Collectors.joining(", "));
    return text.append("  return ").append(outputs).append("\n}\n").toString();
  }

  /// The line of one node of a graph.
  public static String print(Graph graph, Node node) {
    return new IrPrinter(ValueNames.of(graph)).node(node);
  }

  private static String leaf(LeafOp leaf) {
    String typed = leaf.text() + " : " + leaf.type().text();
    return switch (leaf) {
      case Input _ -> "input " + typed;
      case KvCache _ -> "cache " + typed;
      case Weight weight -> "weight " + typed + " = " + LiteralPrinter.print(weight.source());
    };
  }

  private String node(Node node) {
    String results = node.results().stream().map(this::name).collect(Collectors.joining(", "));
    String types =
        node.results().stream().map(value -> value.type().text()).collect(Collectors.joining(", "));
    return results + " = " + op(node) + " : " + types + " at " + node.label();
  }

  private String op(Node node) {
    List<String> operands = new ArrayList<>();
    List<String> braced = new ArrayList<>();
    for (Field field : OpCatalog.schema(node.op()).fields()) {
      Object content = field.get(node.op());
      if (field.role() == Role.OPERAND) {
        operands.add(name((Value) content));
      } else {
        text(field, content)
            .ifPresent(text -> braced.add(Names.snake(field.name()) + " = " + text));
      }
    }
    String positional = operands.isEmpty() ? "" : " " + String.join(", ", operands);
    String rest = braced.isEmpty() ? "" : " {" + String.join(", ", braced) + "}";
    return node.op().mnemonic() + positional + rest;
  }

  private Optional<String> text(Field field, Object content) {
    return switch (field.role()) {
      case OPERAND -> Optional.of(name((Value) content));
      case OPTIONAL_OPERAND -> ((Optional<?>) content).map(value -> name((Value) value));
      case OPERAND_LIST ->
          Optional.of(
              ((List<?>) content)
                  .stream()
                      .map(value -> name((Value) value))
                      .collect(Collectors.joining(", ", "[", "]")));
      case ATTRIBUTE ->
          Optional.of(LiteralPrinter.print(content))
              .filter(text -> !field.defaultText().equals(Optional.of(text)));
    };
  }

  private String name(Value value) {
    return names.name(value);
  }
}
