package dev.lathe.cli.inspect;

import dev.lathe.cli.console.Console;
import dev.lathe.cli.wiring.EngineDirectory;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.file.EngineFile;
import dev.lathe.engine.file.EngineReader;
import dev.lathe.engine.file.Progress;
import dev.lathe.engine.json.EngineJson;
import dev.lathe.engine.v1.KernelEntry;
import dev.lathe.engine.v1.Plan;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Opens an engine and answers a question about it.
///
/// @param place engine directory or file
/// @param json true if the answer is one JSON object, where it can be
record InspectAnswer(Path place, Question question, Console console, boolean json) {

  ExitCode print() throws IOException {
    try (EngineFile file = open(place, question.verify)) {
      return answer(file);
    }
  }

  private static EngineFile open(Path place, boolean verify) {
    int threads = Runtime.getRuntime().availableProcessors();
    return EngineReader.open(
        EngineDirectory.engineFile(place),
        new EngineReader.Options(verify, threads, Progress.NONE));
  }

  private ExitCode answer(EngineFile file) throws IOException {
    EngineContents contents = EngineContents.of(file);
    if (question.verify) {
      int entries = file.manifest().entries().size();
      return print(List.of(file.path() + ": " + entries + " entries, all intact"));
    }
    if (question.ptx.isPresent()) {
      return print(ptx(file, contents.kernel(question.ptx.get())));
    }
    if (question.graph) {
      return print(file.graph().lines().toList());
    }
    if (question.plan.isPresent()) {
      return print(plan(contents, question.plan.get()));
    }
    if (question.why.isPresent()) {
      return print(new WhyText(contents, question.why.get()).lines());
    }
    if (question.diff.isPresent()) {
      return diff(contents, question.diff.get());
    }
    return print(
        json
            ? List.of(EngineJson.codec().print(contents.manifest()))
            : new Overview(contents).lines());
  }

  private static List<String> ptx(EngineFile file, KernelEntry kernel) {
    byte[] text = file.ptx(kernel.name()).toArray(ValueLayout.JAVA_BYTE);
    return new String(text, StandardCharsets.UTF_8).lines().toList();
  }

  /// A beginning that several plans share stands for the first; the others are named.
  private List<String> plan(EngineContents contents, String name) {
    Plan plan = contents.plan(name);
    if (json) {
      return List.of(EngineJson.codec().print(plan));
    }
    List<String> lines = new ArrayList<>(PlanText.lines(plan));
    List<String> others =
        contents
            .plansFrom(name)
            .map(other -> other.profile().name())
            .filter(other -> !other.equals(plan.profile().name()))
            .toList();
    if (!others.isEmpty()) {
      lines.add("");
      lines.add("Other plans of this beginning: " + String.join(", ", others));
    }
    return lines;
  }

  private ExitCode diff(EngineContents contents, Path other) throws IOException {
    try (EngineFile file = open(other, false)) {
      List<String> lines = DiffText.lines(contents, EngineContents.of(file));
      print(lines.isEmpty() ? List.of("the engines are equal") : lines);
      return lines.isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
    }
  }

  private ExitCode print(List<String> lines) {
    lines.forEach(console.out()::println);
    return ExitCode.OK;
  }
}
