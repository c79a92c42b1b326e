package dev.lathe.cli.build;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What the build leaves behind, and how far it goes.
final class ArtifactOptions {
  /// The verbosity that prints every plan.
  static final String DETAILED = "detailed";

  @Option(
      names = "--output_dir",
      order = 400,
      paramLabel = "DIR",
      description = "Engine directory: config.json and rank0.engine. Default: engine_outputs.")
  Path outputDirectory = Path.of("engine_outputs");

  @Option(
      names = "--workers",
      order = 401,
      paramLabel = "N",
      description = "Threads. Default: the processors.")
  Optional<Integer> workers = Optional.empty();

  @Option(
      names = "--dry_run",
      order = 402,
      description = "Print the configuration and the memory plan, write nothing.")
  boolean dryRun;

  @Option(
      names = "--stop_after",
      order = 403,
      paramLabel = "STAGE",
      description = "Print what the stage made, as text, and stop.")
  Optional<String> stopAfter = Optional.empty();

  @Option(
      names = "--dump_ir",
      order = 404,
      paramLabel = "DIR",
      description = "Write the graph after each pass: DIR/01-import.ir and so on.")
  Optional<Path> dumpIr = Optional.empty();

  @Option(
      names = "--visualize_network",
      order = 405,
      paramLabel = "FILE",
      description = "Draw the graph: .svg, .dot or .mmd (Mermaid).")
  Optional<Path> picture = Optional.empty();

  @Option(
      names = "--profiling_verbosity",
      order = 406,
      paramLabel = "HOW",
      description = {
        "layer_names_only (default), detailed (the build also prints the kernels of each step)",
        "or none."
      })
  String profilingVerbosity = "layer_names_only";
}
