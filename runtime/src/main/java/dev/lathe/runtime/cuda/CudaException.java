package dev.lathe.runtime.cuda;

import static org.bytedeco.cuda.global.cudart.cuGetErrorName;
import static org.bytedeco.cuda.global.cudart.cuGetErrorString;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/// A CUDA call failed. The message names the call, the error and what the call was about.
public final class CudaException extends LatheException {
  private static final long serialVersionUID = 1;
  private static final int OUT_OF_MEMORY = 2;
  private static final int NO_DEVICE = 100;
  private static final int LONGEST_TEXT = 4096;

  private final int result;

  private CudaException(ExitCode exitCode, String message, String hint, int result) {
    super(exitCode, "cuda-error", message, hint);
    this.result = result;
  }

  /// @param result what the call returned; not 0
  /// @param call name of the function
  /// @param subject what the call was about
  static CudaException of(int result, String call, String subject) {
    String message =
        "%s failed with %s (%s): %s".formatted(call, name(result), description(result), subject);
    return new CudaException(exitCode(result), message, hint(result), result);
  }

  /// The `CUresult` of the call.
  public int result() {
    return result;
  }

  private static ExitCode exitCode(int result) {
    return switch (result) {
      case OUT_OF_MEMORY -> ExitCode.OUT_OF_MEMORY;
      case NO_DEVICE -> ExitCode.NO_DEVICE;
      default -> ExitCode.FAILURE;
    };
  }

  private static String hint(int result) {
    return result == OUT_OF_MEMORY
        ? "Free memory on the GPU, or take a smaller engine or KV cache."
        : "";
  }

  private static String name(int result) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(ValueLayout.ADDRESS);
      return text(cuGetErrorName(result, pointerTo(text)), text, "CUDA error " + result);
    }
  }

  private static String description(int result) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(ValueLayout.ADDRESS);
      return text(cuGetErrorString(result, pointerTo(text)), text, "no description");
    }
  }

  private static PointerPointer<Pointer> pointerTo(MemorySegment segment) {
    return new PointerPointer<>(new NativeAddress(segment));
  }

  @SuppressWarnings("restricted")
  private static String text(int result, MemorySegment pointer, String otherwise) {
    MemorySegment text = pointer.get(ValueLayout.ADDRESS, 0);
    return result != 0 || text.address() == 0
        ? otherwise
        : text.reinterpret(LONGEST_TEXT).getString(0);
  }
}
