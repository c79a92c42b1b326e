package dev.lathe.runtime.cuda;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import dev.lathe.runtime.device.Device;
import dev.lathe.runtime.device.DeviceLimits;
import dev.lathe.runtime.device.EngineImage;
import dev.lathe.runtime.device.StepExecutor;
import java.util.Optional;

/// One NVIDIA GPU.
public final class CudaDevice implements Device {
  private final CudaContext context;
  private final Availability.Available properties;
  private final CudaOptions options;

  private CudaDevice(CudaContext context, Availability.Available properties, CudaOptions options) {
    this.context = context;
    this.properties = properties;
    this.options = options;
  }

  /// Says whether there is a usable GPU; never fails. Loads the bindings only where the driver's
  /// library is.
  public static Availability probe() {
    return probe(CudaOptions.DEFAULT);
  }

  /// As [#probe()], for the GPU and the library folders of the options.
  public static Availability probe(CudaOptions options) {
    Optional<String> wrong = CudaLibraries.load(options.libraryFolders());
    if (wrong.isPresent()) {
      return new Availability.Missing(wrong.get());
    }
    try {
      return CudaProperties.read(options.ordinal());
    } catch (LinkageError error) {
      return new Availability.Missing("the CUDA bindings cannot be loaded: " + error);
    } catch (CudaException error) {
      return new Availability.Missing("no usable GPU: " + error.sentence());
    }
  }

  /// Opens the GPU for engines, or for kernels by way of [#context()].
  ///
  /// @throws LatheException `no-gpu`, exit code 3, where [#probe(CudaOptions)] finds none
  public static CudaDevice open(CudaOptions options) {
    return switch (probe(options)) {
      case Availability.Available properties ->
          new CudaDevice(CudaContext.retain(options.ordinal()), properties, options);
      case Availability.Missing(String sentence) ->
          throw new LatheException(
              ExitCode.NO_DEVICE,
              "no-gpu",
              sentence,
              "Run on a machine with an NVIDIA GPU and driver 580 or newer, or on the CPU.");
    };
  }

  public Availability.Available properties() {
    return properties;
  }

  /// Makes streams, buffers and modules of this GPU; current on the thread that opened the device.
  public CudaContext context() {
    return context;
  }

  CudaOptions options() {
    return options;
  }

  @Override
  public String description() {
    context.makeCurrent();
    return properties.name() + ", " + MemoryText.of(context.freeBytes()) + " free";
  }

  @Override
  public StepExecutor open(EngineImage image, DeviceLimits limits) {
    context.makeCurrent();
    Targets.check(image.manifest().target(), properties);
    return CudaStepExecutor.open(this, image, limits);
  }

  @Override
  public void close() {
    context.close();
  }
}
