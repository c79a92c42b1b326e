package dev.lathe.codegen.ptx.asm;

import java.util.ArrayList;
import java.util.List;

/// The layout of a block's shared memory: regions one behind the other, each aligned.
final class SharedArena {
  private final List<SharedRegion> regions = new ArrayList<>();
  private int end;
  private int alignment = 16;

  /// Adds a region.
  ///
  /// @param align a power of two
  SharedRegion reserve(String name, int bytes, int align) {
    if (bytes <= 0 || Integer.bitCount(align) != 1) {
      throw new IllegalStateException(
          "shared region " + name + " of " + bytes + " bytes, aligned to " + align);
    }
    SharedRegion region = new SharedRegion(name, (end + align - 1) & -align, bytes);
    end = region.offset() + bytes;
    alignment = Math.max(alignment, align);
    regions.add(region);
    return region;
  }

  int bytes() {
    return end;
  }

  int alignment() {
    return alignment;
  }

  /// The regions, for the text.
  List<SharedRegion> regions() {
    return regions;
  }
}
