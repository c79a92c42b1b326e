package dev.lathe.codegen.link;

import dev.lathe.codegen.ptx.isa.Target;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs `ptxas`. Thread-safe.
///
/// @param program path of the program, or its name if it is on the PATH
public record PtxasAssembler(String program) implements PtxAssembler {
  private static final String HINT = "install ptxas of CUDA 12.8 or later";
  private static final Pattern VERSION = Pattern.compile("release [0-9.]+, V([0-9.]+)");
  private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
  private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");
  private static final Pattern STACK =
      Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores");
  private static final Pattern BROKEN_PROMISE = Pattern.compile("\\(C75\\d\\d\\)|C75\\d\\d");

  /// The assembler, if the program can be run; it is asked for its version.
  public static Optional<PtxasAssembler> find(String program) {
    try {
      new PtxasAssembler(program).version();
      return Optional.of(new PtxasAssembler(program));
    } catch (AssemblyException e) {
      return Optional.empty();
    }
  }

  /// The version, such as `13.0.88`.
  ///
  /// @throws AssemblyException if the program cannot be run
  public String version() {
    try {
      Process process = new ProcessBuilder(program, "--version").redirectErrorStream(true).start();
      String log;
      try (InputStream output = process.getInputStream()) {
        log = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      }
      Matcher matcher = VERSION.matcher(log);
      if (process.waitFor() != 0 || !matcher.find()) {
        throw new AssemblyException("'" + program + "' tells no version: " + log.strip(), HINT);
      }
      return matcher.group(1);
    } catch (IOException e) {
      throw new AssemblyException("cannot run '" + program + "'", HINT, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssemblyException("interrupted while " + program + " ran", "", e);
    }
  }

  @Override
  public Assembly assemble(String ptx, Target target) {
    try {
      Path directory = Files.createTempDirectory("lathe-ptxas");
      Path source = directory.resolve("kernel.ptx");
      Path cubin = directory.resolve("kernel.cubin");
      try {
        Files.writeString(source, ptx);
        String log = run(source, cubin, target);
        return read(log, Files.readAllBytes(cubin));
      } finally {
        Files.deleteIfExists(source);
        Files.deleteIfExists(cubin);
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new AssemblyException("cannot run '" + program + "'", HINT, e);
    }
  }

  private String run(Path source, Path cubin, Target target) throws IOException {
    Process process =
        new ProcessBuilder(
                program, "-v", "-arch=" + target.text(), "-o", cubin.toString(), source.toString())
            .redirectErrorStream(true)
            .start();
    try (InputStream output = process.getInputStream()) {
      String log = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssemblyException(
            program + " refused a kernel for " + target + ": " + log.strip(),
            "check that ptxas is of CUDA 12.8 or later");
      }
      return log;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroy();
      throw new AssemblyException("interrupted while " + program + " ran", "", e);
    }
  }

  private Assembly read(String log, byte[] cubin) {
    List<String> warnings =
        log.lines().filter(line -> line.contains("warning") || hasBrokenPromise(line)).toList();
    if (hasBrokenPromise(log)) {
      throw new AssemblyException("the assembler undid a kernel's design: " + warnings, "");
    }
    Matcher stack = STACK.matcher(log);
    int stackBytes = stack.find() ? Integer.parseInt(stack.group(1)) : 0;
    return new Assembly(cubin, number(REGISTERS, log), stackBytes, number(SHARED, log), warnings);
  }

  private static boolean hasBrokenPromise(String text) {
    return BROKEN_PROMISE.matcher(text).find();
  }

  private static int number(Pattern pattern, String log) {
    Matcher matcher = pattern.matcher(log);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }
}
