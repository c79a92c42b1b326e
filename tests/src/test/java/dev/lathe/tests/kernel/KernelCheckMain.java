package dev.lathe.tests.kernel;

import dev.lathe.engine.v1.Ref;
import dev.lathe.passes.select.Lowering;
import dev.lathe.passes.select.StepContext;
import dev.lathe.runtime.cpu.HostTensor;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Checks the cases of one family on the GPU, from a given one on, and prints a line at each turn:
///
/// ```
/// @begin 17                    case 17 is next
/// @kernels a,b                 these are launched now
/// @pass 17                     they were right
/// @skip 17 b                   it needs a kernel that was given as broken
/// @fail 17                     then lines that begin with |
/// @dead                        the GPU's context is lost: no further case can run here
/// @done
/// ```
///
/// Arguments: family, first case, names of broken kernels (comma-separated, may be empty), and n:
/// only every n-th case is run (1 if left out).
public final class KernelCheckMain {
  private final PrintStream out;
  private final GpuRunner runner = new GpuRunner();
  private final StepCheck check = new StepCheck(runner);
  private final Candidates candidates = BuiltInCandidates.create();
  private final Set<String> broken;

  private KernelCheckMain(PrintStream out, Set<String> broken) {
    this.out = out;
    this.broken = broken;
  }

  public static void main(String... arguments) {
    List<NamedCase> cases = Family.valueOf(arguments[0]).cases();
    KernelCheckMain main =
        new KernelCheckMain(
            new PrintStream(System.out, true, StandardCharsets.UTF_8),
            Set.of(arguments.length > 2 ? arguments[2].split(",") : new String[0]));
    int stride = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1;
    for (int i = Integer.parseInt(arguments[1]); i < cases.size(); i += stride) {
      main.run(i, cases.get(i));
      if (!main.runner.isAlive()) {
        main.out.println("@dead");
        // Closing would fail, too.
        Runtime.getRuntime().halt(1);
      }
    }
    main.runner.close();
    main.out.println("@done");
  }

  private void run(int index, NamedCase named) {
    out.println("@begin " + index);
    try {
      StepCase step = named.make().get();
      Map<Ref, HostTensor> expected = StepCheck.expected(step);
      for (Candidates.Candidate candidate : candidates(step)) {
        if (!run(index, step, candidate, expected)) {
          return;
        }
      }
    } catch (RuntimeException | Error problem) {
      fail(index, trace(problem));
    }
  }

  /// False if the GPU's context is lost.
  private boolean run(
      int index, StepCase step, Candidates.Candidate candidate, Map<Ref, HostTensor> expected) {
    try {
      Lowering lowering = candidate.lower().get();
      List<String> names =
          lowering.kernels().stream().map(kernel -> kernel.entry().name()).toList();
      if (names.stream().anyMatch(broken::contains)) {
        out.println("@skip " + index + " " + String.join(",", names));
        return true;
      }
      out.println("@kernels " + String.join(",", names));
      check
          .run(step, candidate.label(), lowering, expected)
          .ifPresentOrElse(text -> fail(index, text), () -> out.println("@pass " + index));
      return true;
    } catch (RuntimeException | Error problem) {
      fail(index, candidate.label() + "\n" + trace(problem));
      return runner.isAlive();
    }
  }

  private List<Candidates.Candidate> candidates(StepCase step) {
    StepContext context = step.context(runner.target());
    return step.everyCandidate()
        ? candidates.all(step.op(), context)
        : List.of(candidates.chosen(step.op(), context));
  }

  private void fail(int index, String text) {
    out.println("@fail " + index);
    text.lines().forEach(line -> out.println("|" + line));
  }

  /// The message, and where it came from.
  private static String trace(Throwable problem) {
    List<String> lines = new ArrayList<>(List.of(String.valueOf(problem)));
    StackTraceElement[] frames = problem.getStackTrace();
    for (int i = 0; i < Math.min(6, frames.length); i++) {
      lines.add("    at " + frames[i]);
    }
    return String.join("\n", lines);
  }
}
