package dev.lathe.passes;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Stage;
import dev.lathe.ir.text.IrPrinter;
import dev.lathe.ir.verify.Verifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Runs passes in order, and verifies the graph after each.
///
/// @param dumps directory that gets `NN-name.ir` after each pass, and `00-imported.ir` before
/// @param stopAfter name of the last pass to run; empty: all
public record PassManager(List<Pass> passes, Optional<Path> dumps, Optional<String> stopAfter) {

  /// @throws LatheException if no pass is named `stopAfter`
  public PassManager {
    passes = List.copyOf(passes);
    List<String> names = passes.stream().map(Pass::name).toList();
    stopAfter.ifPresent(name -> requireKnown(name, names));
  }

  public static PassManager of(List<Pass> passes) {
    return new PassManager(passes, Optional.empty(), Optional.empty());
  }

  private static void requireKnown(String name, List<String> names) {
    if (!names.contains(name)) {
      throw new LatheException(
          ExitCode.USAGE,
          "unknown-pass",
          "there is no pass '" + name + "'",
          "passes: " + String.join(", ", names));
    }
  }

  /// The last graph, and what each pass did.
  public record Result(Graph graph, PassReport report) {}

  /// @throws IllegalStateException if a pass gives a wrong graph
  /// @throws UncheckedIOException if a dump cannot be written
  public Result run(Graph imported) {
    Graph graph = Verifier.require(imported, "import");
    dump(0, "imported", graph);
    List<PassReport.Entry> entries = new ArrayList<>();
    for (Pass pass : passes) {
      graph = run(pass, graph, entries);
      dump(entries.size(), pass.name(), graph);
      if (stopAfter.filter(pass.name()::equals).isPresent()) {
        break;
      }
    }
    return new Result(graph, new PassReport(entries));
  }

  private static Graph run(Pass pass, Graph graph, List<PassReport.Entry> entries) {
    if (graph.stage().compareTo(pass.requires()) < 0) {
      throw new IllegalStateException(
          "pass %s needs a graph that is %s, but it is %s"
              .formatted(pass.name(), pass.requires(), graph.stage()));
    }
    long start = System.nanoTime();
    Pass.Outcome outcome = pass.run(graph);
    long nanos = System.nanoTime() - start;
    Stage stage =
        outcome.graph().stage().compareTo(pass.establishes()) < 0
            ? pass.establishes()
            : outcome.graph().stage();
    Graph result = Verifier.require(outcome.graph().at(stage), "pass " + pass.name());
    entries.add(
        new PassReport.Entry(
            pass.name(), graph.nodes().size(), result.nodes().size(), nanos, outcome.rules()));
    return result;
  }

  private void dump(int number, String name, Graph graph) {
    dumps.ifPresent(directory -> {
      String file = String.format(Locale.ROOT, "%02d-%s.ir", number, name);
      try {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(file), IrPrinter.print(graph));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }
}
