package dev.lathe.cli.run;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.console.Log;
import dev.lathe.cli.option.ForeignFlag;
import dev.lathe.cli.option.LatheCommand;
import dev.lathe.cli.option.UsageError;
import dev.lathe.cli.wiring.LoadedEngine;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.SessionOptions;
import dev.lathe.runtime.metrics.SessionMetrics.Counter;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Generates text with an engine.
@Command(
    header = "generates text with an engine.",
    customSynopsis = "trtllm-run --engine_dir DIR --input_text TEXT... [OPTION]...",
    footer = {
      "",
      "Examples:",
      "  trtllm-run --engine_dir engine --input_text \"Once upon a time\" --streaming",
      "  trtllm-run --engine_dir engine --input_text \"2 + 2 =\" --expect_contains 4",
      "",
      "Exit codes:",
      "  0 done; 1 failure, or an expected text is missing; 2 usage; 3 no usable GPU;",
      "  5 bad engine; 6 out of memory."
    })
public final class RunCommand extends LatheCommand {
  @Mixin private RunOptions options = new RunOptions();

  @Override
  public List<ForeignFlag> foreignFlags() {
    return RunForeignFlags.all();
  }

  @Override
  public ExitCode run(Console console) throws IOException {
    Log log = output().log(console);
    RequestFactory.checkRanges(options);
    List<Prompt> prompts = Prompt.of(options.prompts);
    if (output().json() && options.results.streaming) {
      throw UsageError.conflict("--json", "--streaming", "both print on standard output");
    }
    RunReport report;
    try (LoadedEngine loaded =
        LoadedEngine.open(
            wish(), SessionOptions.DEFAULT.withBlockReuse(options.engine.blockReuse), log)) {
      report = generate(loaded, prompts, console);
    }
    print(report, console, log);
    checkExpected(report.outputs());
    return ExitCode.OK;
  }

  private LoadedEngine.Wish wish() {
    EngineOptions engine = options.engine;
    return new LoadedEngine.Wish(
        engine.engine, engine.device, engine.tokenizer, engine.kvMemoryFraction, engine.profiling);
  }

  private RunReport generate(LoadedEngine loaded, List<Prompt> prompts, Console console)
      throws IOException {
    Generation generation = new Generation(loaded, options);
    long start = System.nanoTime();
    List<Output> outputs =
        generation.run(prompts, TokenTypes.of(options.prompts, prompts), console);
    long nanos = System.nanoTime() - start;
    long reused = loaded.session().metrics().value(Counter.REUSED_TOKENS);
    Manifest.Model model = loaded.engine().manifest().model();
    OutputFiles.write(
        options.results, outputs, model.vocabularySize(), model.encoder().isPresent());
    return new RunReport(
        loaded.device(),
        outputs,
        loaded.loadNanos(),
        nanos,
        options.engine.blockReuse ? OptionalLong.of(reused) : OptionalLong.empty(),
        loaded.session().kernelTimes());
  }

  private void print(RunReport report, Console console, Log log) {
    if (output().json()) {
      console.out().println(report.json());
    } else {
      if (!options.results.streaming) {
        report.lines().forEach(console.out()::println);
      }
      if (options.engine.profiling) {
        report.profile().forEach(console.out()::println);
      }
    }
    log.info(report.summary());
  }

  private void checkExpected(List<Output> outputs) {
    for (Output one : outputs) {
      options.results.expected.ifPresent(expected -> {
        if (!one.result().text().contains(expected)) {
          throw new LatheException(
              ExitCode.FAILURE,
              "unexpected-output",
              "the output of prompt " + one.prompt() + " does not contain '" + expected + "'",
              "");
        }
      });
    }
  }
}
