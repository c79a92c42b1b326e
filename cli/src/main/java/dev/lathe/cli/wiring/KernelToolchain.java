package dev.lathe.cli.wiring;

import dev.lathe.cli.console.Log;
import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.codegen.link.PtxAssembler;
import dev.lathe.codegen.link.PtxasAssembler;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.passes.select.CandidateCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Where kernels come from, and what assembles them on this machine.
public final class KernelToolchain {
  private static final String PROGRAM = "ptxas";
  private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+(\\w+)");

  private KernelToolchain() {}

  /// The catalog for a target; empty for the CPU, which needs no kernels.
  public static Optional<CandidateCatalog> catalog(String target) {
    return target.equals("cpu") ? Optional.empty() : Optional.of(templates());
  }

  /// All kernel templates, those of plugins included.
  public static PtxKernelCatalog templates() {
    return PtxKernelCatalog.withPlugins(PluginFolder.loader());
  }

  /// Makes machine code of PTX, of each text once; empty if there is no assembler here. It is
  /// looked for in CUDA_HOME and on the PATH. Safe for use by many threads.
  public static Optional<Function<String, byte[]>> assembler(String target, Log log) {
    Optional<PtxasAssembler> found =
        Stream.of(cudaHome(), Optional.of(PROGRAM))
            .flatMap(Optional::stream)
            .map(PtxasAssembler::find)
            .flatMap(Optional::stream)
            .findFirst();
    if (found.isEmpty()) {
      log.info("there is no ptxas here: the driver will assemble the kernels at each start");
    }
    Target parsed = Target.parse(target);
    return found.map(assembler -> once(ptx -> code(ptx, assembler.assemble(ptx, parsed), log)));
  }

  private static byte[] code(String ptx, PtxAssembler.Assembly assembly, Log log) {
    if (assembly.stackBytes() > 0) {
      Matcher entry = ENTRY.matcher(ptx);
      log.warning(
          "%s is right but slow: this ptxas keeps %d bytes of a thread's registers in memory"
              .formatted(entry.find() ? entry.group(1) : "a kernel", assembly.stackBytes()));
    }
    return assembly.cubin();
  }

  /// What was measured need not be assembled again when it is written.
  private static Function<String, byte[]> once(Function<String, byte[]> assembler) {
    Map<String, byte[]> known = new ConcurrentHashMap<>();
    return ptx -> {
      byte[] code = known.get(ptx);
      // Not computeIfAbsent: it would make other texts wait.
      return code != null ? code : known.merge(ptx, assembler.apply(ptx), (first, _) -> first);
    };
  }

  private static Optional<String> cudaHome() {
    return Optional.ofNullable(System.getenv("CUDA_HOME"))
        .map(home -> Path.of(home, "bin", PROGRAM))
        .filter(Files::isExecutable)
        .map(Path::toString);
  }
}
