package dev.lathe.ir.text;

import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.ir.Graph;
import dev.lathe.ir.GraphBuilder;
import dev.lathe.ir.LeafOp;
import dev.lathe.ir.Node;
import dev.lathe.ir.Op;
import dev.lathe.ir.OpCatalog;
import dev.lathe.ir.OpSchema;
import dev.lathe.ir.OpSchema.Field;
import dev.lathe.ir.OpSchema.Role;
import dev.lathe.ir.Stage;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads graphs from text. The types that the text states are compared with the inferred ones.
public final class IrParser {
  private final Scanner scanner;
  private final LiteralParser literals;
  private final GraphBuilder graph = new GraphBuilder();
  private final Map<String, Value> values = new HashMap<>();

  private IrParser(String text) {
    this.scanner = new Scanner(text);
    this.literals = new LiteralParser(scanner);
  }

  /// The graph that the text describes.
  ///
  /// @throws IrSyntaxException if it is none, or an op breaks a constraint
  public static Graph parse(String text) {
    return new IrParser(text).graph();
  }

  private Graph graph() {
    scanner.expect("graph");
    Stage stage = (Stage) literals.parse(Stage.class);
    scanner.expect("{");
    while (!scanner.acceptKeyword("return")) {
      statement();
    }
    do {
      graph.output(value());
    } while (scanner.accept(","));
    scanner.expect("}");
    if (!scanner.atEnd()) {
      throw scanner.error("expected the end of the text");
    }
    return graph.build(stage);
  }

  private void statement() {
    int line = scanner.line();
    try {
      if (scanner.acceptKeyword("input")) {
        input();
      } else if (scanner.acceptKeyword("cache")) {
        cache();
      } else if (scanner.acceptKeyword("weight")) {
        weight();
      } else {
        node();
      }
    } catch (IllegalArgumentException e) {
      throw new IrSyntaxException(line, e);
    }
  }

  private void input() {
    String name = name("%");
    declare(new LeafOp.Input(name.substring(1), typeAfterColon()));
  }

  private void cache() {
    String[] parts = name("%").split("\\.");
    if (parts.length != 3 || !parts[0].equals("%kv")) {
      throw scanner.error("a cache is named %kv.<layer>.keys or %kv.<layer>.values");
    }
    LeafOp.KvPart part =
        (LeafOp.KvPart) new LiteralParser(new Scanner(parts[2])).parse(LeafOp.KvPart.class);
    declare(new LeafOp.KvCache(Integer.parseInt(parts[1]), part, typeAfterColon()));
  }

  private void weight() {
    String name = name("@");
    TensorType type = typeAfterColon();
    scanner.expect("=");
    WeightExpr source = (WeightExpr) literals.parse(WeightExpr.class);
    declare(new LeafOp.Weight(name.substring(1), type, source));
  }

  private void declare(LeafOp leaf) {
    values.put(leaf.text(), graph.leaf(leaf));
  }

  private TensorType typeAfterColon() {
    scanner.expect(":");
    return (TensorType) literals.parse(TensorType.class);
  }

  private void node() {
    List<String> results = new ArrayList<>();
    do {
      results.add(name("%"));
    } while (scanner.accept(","));
    scanner.expect("=");
    Op op = op();
    scanner.expect(":");
    List<TensorType> types = new ArrayList<>();
    do {
      types.add((TensorType) literals.parse(TensorType.class));
    } while (scanner.accept(","));
    scanner.expect("at");
    bind(results, graph.addAll(scanner.word(), op), types);
  }

  private void bind(List<String> names, Node node, List<TensorType> types) {
    List<TensorType> inferred = node.results().stream().map(Value::type).toList();
    if (!inferred.equals(types) || names.size() != types.size()) {
      throw new IllegalArgumentException(
          node.op().mnemonic() + " has results " + inferred + ", not " + types);
    }
    for (int i = 0; i < names.size(); i++) {
      if (values.put(names.get(i), node.results().get(i)) != null) {
        throw new IllegalArgumentException(names.get(i) + " is defined twice");
      }
    }
  }

  private Op op() {
    String mnemonic = scanner.word();
    OpSchema schema =
        OpCatalog.find(mnemonic).orElseThrow(() -> scanner.error("unknown op '" + mnemonic + "'"));
    Map<String, Object> contents = new HashMap<>();
    boolean first = true;
    for (Field field : schema.fields()) {
      if (field.role() == Role.OPERAND) {
        if (!first) {
          scanner.expect(",");
        }
        first = false;
        contents.put(field.name(), value());
      }
    }
    if (scanner.accept("{")) {
      braced(schema, contents);
    }
    return schema.create(schema.fields().stream().map(field -> content(field, contents)).toArray());
  }

  private void braced(OpSchema schema, Map<String, Object> contents) {
    do {
      String name = scanner.word();
      Field field =
          schema.fields().stream()
              .filter(candidate -> Names.snake(candidate.name()).equals(name))
              .findFirst()
              .orElseThrow(
                  () -> scanner.error(schema.mnemonic() + " has no attribute '" + name + "'"));
      scanner.expect("=");
      contents.put(field.name(), content(field));
    } while (scanner.accept(","));
    scanner.expect("}");
  }

  private Object content(Field field) {
    return switch (field.role()) {
      case OPERAND -> value();
      case OPTIONAL_OPERAND -> Optional.of(value());
      case OPERAND_LIST -> valueList();
      case ATTRIBUTE -> literals.parse(field.component().getGenericType());
    };
  }

  private Object content(Field field, Map<String, Object> contents) {
    Object content = contents.get(field.name());
    if (content != null) {
      return content;
    }
    if (field.role() == Role.OPTIONAL_OPERAND) {
      return Optional.empty();
    }
    Type type = field.component().getGenericType();
    return field
        .defaultText()
        .map(text -> new LiteralParser(new Scanner(text)).parse(type))
        .orElseThrow(
            () -> scanner.error("attribute '" + Names.snake(field.name()) + "' is missing"));
  }

  private List<Value> valueList() {
    List<Value> list = new ArrayList<>();
    scanner.expect("[");
    while (!scanner.accept("]")) {
      if (!list.isEmpty()) {
        scanner.expect(",");
      }
      list.add(value());
    }
    return list;
  }

  private Value value() {
    String name = name(scanner.sees("@") ? "@" : "%");
    Value value = values.get(name);
    if (value == null) {
      throw scanner.error(name + " is not defined");
    }
    return value;
  }

  private String name(String sigil) {
    scanner.expect(sigil);
    return sigil + scanner.word();
  }
}
