package dev.lathe.passes;

import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.text.IrParser;
import dev.lathe.ir.text.IrPrinter;
import dev.lathe.ir.text.IrSyntaxException;
import dev.lathe.ir.verify.Verifier;
import dev.lathe.ir.verify.Violation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A pass test that is one text: what to run, the graph, and what is expected beside it.
///
/// * `// RUN: a, b`: passes of the pipeline in order; `verify` alone runs none.
/// * `// EXPECT:` and the lines after it: the whole graph afterwards, each line behind `// `.
/// * `// CHECK: text`: a line of the graph afterwards contains the text; checks match in order.
/// * `// ERROR: C2` at the end of a line: the graph is refused there, for that constraint.
record GoldenFile(String text) {
  private static final String RUN = "// RUN:";
  private static final String EXPECT = "// EXPECT:\n";
  private static final String CHECK = "// CHECK:";
  private static final String ERROR = "// ERROR:";
  private static final long MAX_SEQUENCE_LENGTH = 128;

  /// What does not hold; empty if everything does.
  Optional<String> failure() {
    return error().isPresent() ? errorFailure() : resultFailure();
  }

  /// The text with the expected graph as it came out. Checks and errors stay as they are.
  String blessed() {
    int expect = text.indexOf(EXPECT);
    return expect < 0 ? text : text.substring(0, expect + EXPECT.length()) + commented(result());
  }

  private Optional<String> resultFailure() {
    String result = result();
    int expect = text.indexOf(EXPECT);
    if (expect >= 0) {
      String expected = text.substring(expect + EXPECT.length());
      return expected.equals(commented(result))
          ? Optional.empty()
          : Optional.of("expected\n" + expected + "but was\n" + commented(result));
    }
    return checkFailure(result);
  }

  private Optional<String> checkFailure(String result) {
    List<String> lines = new ArrayList<>(result.lines().toList());
    List<String> checks = linesWith(CHECK);
    if (checks.isEmpty()) {
      return Optional.of("the file expects nothing: it has no EXPECT, CHECK or ERROR");
    }
    for (String check : checks) {
      while (!lines.isEmpty() && !lines.getFirst().contains(check)) {
        lines.removeFirst();
      }
      if (lines.isEmpty()) {
        return Optional.of("no line has '" + check + "' in\n" + result);
      }
      lines.removeFirst();
    }
    return Optional.empty();
  }

  private String result() {
    Graph graph = IrParser.parse(text);
    for (String name : runs()) {
      graph = pass(name).run(graph).graph();
    }
    return IrPrinter.print(Verifier.require(graph, "the golden file"));
  }

  private List<String> runs() {
    return linesWith(RUN).stream()
        .flatMap(line -> Arrays.stream(line.split(",")))
        .map(String::strip)
        .filter(name -> !name.equals("verify"))
        .toList();
  }

  private static Pass pass(String name) {
    return Pipeline.standard(MAX_SEQUENCE_LENGTH).stream()
        .filter(pass -> pass.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no pass is named " + name));
  }

  private List<String> linesWith(String mark) {
    return text.lines()
        .filter(line -> line.contains(mark))
        .map(line -> line.substring(line.indexOf(mark) + mark.length()).strip())
        .toList();
  }

  private static String commented(String graph) {
    return graph.lines().map(line -> "// " + line + "\n").collect(Collectors.joining());
  }

  /// Line, from 1, and label of the expected error.
  private record Expected(int line, String label) {}

  private Optional<Expected> error() {
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      int at = lines.get(i).indexOf(ERROR);
      if (at >= 0) {
        String label = lines.get(i).substring(at + ERROR.length()).strip();
        return Optional.of(new Expected(i + 1, label));
      }
    }
    return Optional.empty();
  }

  private Optional<String> errorFailure() {
    List<Expected> found = found();
    return found.equals(error().stream().toList())
        ? Optional.empty()
        : Optional.of("expected " + error().orElseThrow() + " but found " + found);
  }

  private List<Expected> found() {
    try {
      Graph graph = IrParser.parse(text);
      return Verifier.check(graph).stream().map(violation -> locate(graph, violation)).toList();
    } catch (IrSyntaxException e) {
      String[] words = e.sentence().split(" ");
      String label = words.length > 3 ? words[3].replace(":", "") : "";
      return List.of(new Expected(e.line(), label));
    }
  }

  private Expected locate(Graph graph, Violation violation) {
    int line = violation.node().map(node -> lineOf(graph, node)).orElse((int) text.lines().count());
    return new Expected(line, violation.label());
  }

  /// The line on which the node's first result is defined; results are numbered in order.
  private int lineOf(Graph graph, Node node) {
    int number = 0;
    for (Node earlier : graph.nodes()) {
      if (earlier.equals(node)) {
        break;
      }
      number += earlier.results().size();
    }
    String definition = "%" + number;
    List<String> lines = text.lines().map(String::strip).toList();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).matches(definition + "(,.*)? =.*|" + definition + ",.*")) {
        return i + 1;
      }
    }
    return 0;
  }
}
