package dev.lathe.runtime;

import dev.lathe.runtime.cuda.CudaOptions;
import java.nio.file.Path;
import java.util.Optional;

/// How an engine is loaded.
///
/// @param device where it is to run
/// @param cuda which GPU, and how it is used
/// @param tokenizer a `tokenizer.json`, or its directory, instead of the one in the engine
/// @param plugins whose services ([dev.lathe.runtime.plugin.CpuOperation]) the CPU may need
public record EngineOptions(
    DeviceChoice device, CudaOptions cuda, Optional<Path> tokenizer, ClassLoader plugins) {

  /// The GPU if there is one; plugins on the class path.
  public static final EngineOptions DEFAULT =
      new EngineOptions(
          DeviceChoice.AUTO,
          CudaOptions.DEFAULT,
          Optional.empty(),
          EngineOptions.class.getClassLoader());

  public EngineOptions withDevice(DeviceChoice newDevice) {
    return new EngineOptions(newDevice, cuda, tokenizer, plugins);
  }

  public EngineOptions withTokenizer(Path file) {
    return new EngineOptions(device, cuda, Optional.of(file), plugins);
  }

  public EngineOptions withPlugins(ClassLoader loader) {
    return new EngineOptions(device, cuda, tokenizer, loader);
  }
}
