package dev.lathe.runtime.device;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.WeightEntry;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// An opened, verified engine file, as a device sees it. All segments are read-only maps of the
/// file, which any thread may read.
public interface EngineImage {

  Manifest manifest();

  /// Plans in the order in which a batch tries them.
  List<Plan> plans();

  /// Bytes of one weight, row-major, in the dtype of its entry.
  MemorySegment weight(WeightEntry entry);

  /// PTX text of a kernel.
  MemorySegment ptx(String kernel);

  /// Machine code of a kernel whose entry says that there is some.
  MemorySegment cubin(String kernel);
}
