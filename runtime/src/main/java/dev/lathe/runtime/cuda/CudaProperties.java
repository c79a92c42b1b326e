package dev.lathe.runtime.cuda;

import static org.bytedeco.cuda.global.cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static org.bytedeco.cuda.global.cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
import static org.bytedeco.cuda.global.cudart.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE;
import static org.bytedeco.cuda.global.cudart.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;
import static org.bytedeco.cuda.global.cudart.cuDeviceGet;
import static org.bytedeco.cuda.global.cudart.cuDeviceGetAttribute;
import static org.bytedeco.cuda.global.cudart.cuDeviceGetCount;
import static org.bytedeco.cuda.global.cudart.cuDeviceGetName;
import static org.bytedeco.cuda.global.cudart.cuDeviceTotalMem;
import static org.bytedeco.cuda.global.cudart.cuDriverGetVersion;
import static org.bytedeco.cuda.global.cudart.cuInit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.SizeTPointer;

/// Asks the driver about a GPU, without making a context on it.
final class CudaProperties {
  private static final int LEAST_DRIVER = 12_080;
  private static final int NAME_BYTES = 256;

  private CudaProperties() {}

  /// @param ordinal number of the GPU, from 0
  /// @throws CudaException if the driver refuses to start
  static Availability read(int ordinal) {
    Driver.check(cuInit(0), "cuInit", "starting the driver");
    int[] value = new int[1];
    Driver.check(cuDriverGetVersion(value), "cuDriverGetVersion", "the driver");
    int driverVersion = value[0];
    if (driverVersion < LEAST_DRIVER) {
      return new Availability.Missing(
          "the NVIDIA driver is too old: it knows CUDA %d.%d, at least 12.8 is needed"
              .formatted(driverVersion / 1000, driverVersion % 1000 / 10));
    }
    Driver.check(cuDeviceGetCount(value), "cuDeviceGetCount", "the driver");
    int count = value[0];
    if (ordinal >= count) {
      return new Availability.Missing(
          "there is no GPU %d: the driver shows %d".formatted(ordinal, count));
    }
    Driver.check(cuDeviceGet(value, ordinal), "cuDeviceGet", "GPU " + ordinal);
    int device = value[0];
    return new Availability.Available(
        name(device),
        new ComputeCapability(
            attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device),
            attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device)),
        memoryBytes(device),
        attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device),
        attribute(CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, device),
        driverVersion);
  }

  private static String name(int device) {
    byte[] name = new byte[NAME_BYTES];
    Driver.check(cuDeviceGetName(name, NAME_BYTES, device), "cuDeviceGetName", "GPU " + device);
    int length = 0;
    while (length < NAME_BYTES && name[length] != 0) {
      length++;
    }
    return new String(name, 0, length, StandardCharsets.UTF_8);
  }

  private static int attribute(int attribute, int device) {
    int[] value = new int[1];
    int result = cuDeviceGetAttribute(value, attribute, device);
    Driver.check(result, "cuDeviceGetAttribute", "attribute " + attribute + " of GPU " + device);
    return value[0];
  }

  private static long memoryBytes(int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
      int result = cuDeviceTotalMem(new SizeTPointer(new NativeAddress(bytes)), device);
      Driver.check(result, "cuDeviceTotalMem", "GPU " + device);
      return bytes.get(ValueLayout.JAVA_LONG, 0);
    }
  }
}
