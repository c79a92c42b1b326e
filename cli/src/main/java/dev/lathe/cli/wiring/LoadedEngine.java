package dev.lathe.cli.wiring;

import dev.lathe.cli.console.Log;
import dev.lathe.runtime.Engine;
import dev.lathe.runtime.EngineOptions;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.SessionOptions;
import dev.lathe.runtime.device.DeviceLimits;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// An engine on its device with one session, as commands use it.
///
/// @param device description of what it runs on, as it was before the engine took memory
/// @param loadNanos from the opening of the file until requests can be made
public record LoadedEngine(Engine engine, Session session, String device, long loadNanos)
    implements AutoCloseable {

  /// What a command wants of the engine.
  ///
  /// @param place engine directory or file
  /// @param tokenizer directory with tokenizer.json, or the file
  /// @param kvMemoryFraction part of the free memory for the KV cache; more than 0, at most 1
  public record Wish(
      Path place,
      DeviceChoice device,
      Optional<Path> tokenizer,
      double kvMemoryFraction,
      boolean profiling) {}

  /// Opens the engine, says where it runs, and starts a session.
  ///
  /// @throws dev.lathe.engine.error.LatheException exit code 3, 5 or 6
  public static LoadedEngine open(Wish wish, Log log) {
    return open(wish, SessionOptions.DEFAULT, log);
  }

  /// As [#open(Wish, Log)], with more to say of the session.
  ///
  /// @param session all but its limits, which are those of the wish
  public static LoadedEngine open(Wish wish, SessionOptions session, Log log) {
    long start = System.nanoTime();
    if (wish.device() == DeviceChoice.CUDA) {
      MachineTarget.requireGpu("run on the CPU with --device cpu");
    }
    Engine engine = Engine.load(EngineDirectory.engineFile(wish.place()), options(wish));
    try {
      String device = engine.device().description();
      log.info("running on " + device);
      DeviceLimits limits =
          new DeviceLimits(wish.kvMemoryFraction(), OptionalInt.empty(), wish.profiling());
      return new LoadedEngine(
          engine, engine.newSession(session.withLimits(limits)), device, System.nanoTime() - start);
    } catch (RuntimeException | Error failure) {
      engine.close();
      throw failure;
    }
  }

  private static EngineOptions options(Wish wish) {
    EngineOptions options =
        EngineOptions.DEFAULT.withDevice(device(wish.device())).withPlugins(PluginFolder.loader());
    return wish.tokenizer().map(options::withTokenizer).orElse(options);
  }

  private static dev.lathe.runtime.DeviceChoice device(DeviceChoice choice) {
    return switch (choice) {
      case AUTO -> dev.lathe.runtime.DeviceChoice.AUTO;
      case CUDA -> dev.lathe.runtime.DeviceChoice.CUDA;
      case CPU -> dev.lathe.runtime.DeviceChoice.CPU;
    };
  }

  @Override
  public void close() {
    try (engine) {
      session.close();
    }
  }
}
