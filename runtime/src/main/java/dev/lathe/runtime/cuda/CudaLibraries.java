package dev.lathe.runtime.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds and loads the two native libraries that the bindings need, by their file names, so that
/// the system's linker finds them loaded when it loads the bindings. Touches no binding itself.
final class CudaLibraries {
  private static final String DRIVER = "libcuda.so.1";
  // The driver loads it by its bare name when it assembles PTX.
  private static final String ASSEMBLER = "libnvidia-ptxjitcompiler.so.1";
  private static final String RUNTIME = "libcudart.so.13";

  private static final List<Path> DRIVER_FOLDERS =
      Stream.of(
              "/usr/local/nvidia/lib64",
              "/usr/lib/x86_64-linux-gnu",
              "/usr/lib64",
              "/usr/lib/wsl/lib",
              "/run/opengl-driver/lib")
          .map(Path::of)
          .toList();

  private static final List<Path> RUNTIME_FOLDERS =
      Stream.of(
              "/usr/local/cuda/lib64",
              "/usr/local/cuda/targets/x86_64-linux/lib",
              "/usr/local/cuda-13/lib64",
              "/usr/local/cuda-13.0/lib64",
              "/usr/lib/x86_64-linux-gnu",
              "/usr/lib64")
          .map(Path::of)
          .toList();

  private CudaLibraries() {}

  /// What is wrong with the libraries; empty if both are loaded and the driver has all functions.
  ///
  /// @param folders where to look first
  static Optional<String> load(List<Path> folders) {
    // Before the driver asks for it: beside a driver that is not on the library path, this one is
    // not either. Machine code runs without it.
    find(ASSEMBLER, folders, DRIVER_FOLDERS);
    Optional<SymbolLookup> driver = find(DRIVER, folders, DRIVER_FOLDERS);
    if (driver.isEmpty()) {
      return Optional.of(
          "no NVIDIA driver: %s was not found on the library path or in %s"
              .formatted(DRIVER, listed(folders, DRIVER_FOLDERS)));
    }
    Optional<String> missing = firstMissing(driver.get());
    if (missing.isPresent()) {
      return Optional.of(
          "the NVIDIA driver is too old: its %s lacks %s; driver 580 (CUDA 13.0) has it"
              .formatted(DRIVER, missing.get()));
    }
    if (find(RUNTIME, folders, RUNTIME_FOLDERS).isEmpty()) {
      return Optional.of(
          "the CUDA 13 runtime library is missing: %s was not found on the library path or in %s"
              .formatted(RUNTIME, listed(folders, RUNTIME_FOLDERS)));
    }
    return Optional.empty();
  }

  private static Optional<String> firstMissing(SymbolLookup driver) {
    return Driver.FUNCTIONS.stream()
        .map(Driver.Function::symbol)
        .filter(symbol -> driver.find(symbol).isEmpty())
        .findFirst();
  }

  private static Optional<SymbolLookup> find(String file, List<Path> first, List<Path> usual) {
    return Stream.of(
            first.stream().map(folder -> folder.resolve(file)).filter(Files::exists),
            Stream.of(Path.of(file)),
            usual.stream().map(folder -> folder.resolve(file)).filter(Files::exists))
        .flatMap(paths -> paths)
        .flatMap(path -> open(path.toString()).stream())
        .findFirst();
  }

  /// A name without a folder is looked up on the library path.
  @SuppressWarnings({"restricted", "UnusedException"})
  private static Optional<SymbolLookup> open(String library) {
    try {
      return Optional.of(SymbolLookup.libraryLookup(library, Arena.global()));
    } catch (IllegalArgumentException notThere) {
      return Optional.empty();
    }
  }

  private static String listed(List<Path> first, List<Path> usual) {
    return String.join(
        ", ", Stream.concat(first.stream(), usual.stream()).map(Path::toString).toList());
  }
}
