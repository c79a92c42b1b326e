package dev.lathe.cli.inspect;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What to tell; one thing at a time.
final class Question {
  @Option(names = "--verify", order = 1, description = "Check the digest of every entry.")
  boolean verify;

  @Option(
      names = "--ptx",
      order = 2,
      paramLabel = "NAME",
      description = "The PTX text of a kernel.")
  Optional<String> ptx = Optional.empty();

  @Option(names = "--graph", order = 3, description = "The graph that was compiled.")
  boolean graph;

  @Option(
      names = "--plan",
      order = 4,
      paramLabel = "PROFILE",
      description = "The steps of a plan in order; the beginning of its name is enough.")
  Optional<String> plan = Optional.empty();

  @Option(
      names = "--why",
      order = 5,
      paramLabel = "STEP",
      description = "What a step computes, with which kernel and why, on which weights.")
  Optional<String> why = Optional.empty();

  @Option(
      names = "--diff",
      order = 6,
      paramLabel = "OTHER",
      description = "What differs from another engine.")
  Optional<Path> diff = Optional.empty();

  @Option(
      names = "--plugins",
      order = 7,
      description = "The extensions that this installation loads, with their origin.")
  boolean plugins;
}
