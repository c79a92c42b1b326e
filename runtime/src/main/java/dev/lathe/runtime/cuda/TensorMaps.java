package dev.lathe.runtime.cuda;

import static org.bytedeco.cuda.global.cudart.CU_TENSOR_MAP_DATA_TYPE_BFLOAT16;
import static org.bytedeco.cuda.global.cudart.CU_TENSOR_MAP_DATA_TYPE_FLOAT16;
import static org.bytedeco.cuda.global.cudart.CU_TENSOR_MAP_DATA_TYPE_FLOAT32;
import static org.bytedeco.cuda.global.cudart.CU_TENSOR_MAP_DATA_TYPE_UINT8;
import static org.bytedeco.cuda.global.cudart.CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE;
import static org.bytedeco.cuda.global.cudart.CU_TENSOR_MAP_INTERLEAVE_NONE;
import static org.bytedeco.cuda.global.cudart.CU_TENSOR_MAP_L2_PROMOTION_L2_256B;
import static org.bytedeco.cuda.global.cudart.CU_TENSOR_MAP_SWIZZLE_128B;
import static org.bytedeco.cuda.global.cudart.CU_TENSOR_MAP_SWIZZLE_32B;
import static org.bytedeco.cuda.global.cudart.CU_TENSOR_MAP_SWIZZLE_64B;
import static org.bytedeco.cuda.global.cudart.CU_TENSOR_MAP_SWIZZLE_NONE;
import static org.bytedeco.cuda.global.cudart.cuTensorMapEncodeTiled;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.Launch.TensorMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.bytedeco.cuda.cudart.CUtensorMap;

/// Encodes tensor maps into the 128 bytes that a kernel takes by value.
final class TensorMaps {
  private static final int BYTES = 128;

  /// The driver demands it of the host's copy too.
  private static final int ALIGNMENT = 64;

  private TensorMaps() {}

  /// @param arena owns the result
  /// @param address of the operand on the device, a multiple of 16
  static MemorySegment encode(Arena arena, TensorMap map, long address) {
    MemorySegment encoded = arena.allocate(BYTES, ALIGNMENT);
    int rank = map.dims().size();
    long[] dims = map.dims().stream().mapToLong(Long::longValue).toArray();
    long[] strides = map.strideBytes().stream().mapToLong(Long::longValue).toArray();
    int[] box = map.box().stream().mapToInt(Integer::intValue).toArray();
    int[] steps = new int[rank];
    Arrays.fill(steps, 1);
    int result =
        cuTensorMapEncodeTiled(
            new CUtensorMap(new NativeAddress(encoded)),
            type(map.dtype()),
            rank,
            new NativeAddress(address),
            dims,
            strides.length == 0 ? new long[1] : strides,
            box,
            steps,
            CU_TENSOR_MAP_INTERLEAVE_NONE,
            swizzle(map.swizzleBytes()),
            CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
            CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    Driver.check(result, "cuTensorMapEncodeTiled", map);
    return encoded;
  }

  private static int type(DType dtype) {
    return switch (dtype) {
      case BF16 -> CU_TENSOR_MAP_DATA_TYPE_BFLOAT16;
      case F16 -> CU_TENSOR_MAP_DATA_TYPE_FLOAT16;
      case F32 -> CU_TENSOR_MAP_DATA_TYPE_FLOAT32;
      default -> {
        if (dtype.bytes() != 1) {
          throw new IllegalStateException("no tensor maps of " + dtype);
        }
        yield CU_TENSOR_MAP_DATA_TYPE_UINT8;
      }
    };
  }

  private static int swizzle(int bytes) {
    return switch (bytes) {
      case 0 -> CU_TENSOR_MAP_SWIZZLE_NONE;
      case 32 -> CU_TENSOR_MAP_SWIZZLE_32B;
      case 64 -> CU_TENSOR_MAP_SWIZZLE_64B;
      case 128 -> CU_TENSOR_MAP_SWIZZLE_128B;
      default -> throw new IllegalStateException("a swizzle of " + bytes + " bytes");
    };
  }
}
