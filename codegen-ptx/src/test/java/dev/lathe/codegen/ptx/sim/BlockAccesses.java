package dev.lathe.codegen.ptx.sim;

/// Which blocks of a launch touched each byte of a global allocation. Blocks run in no order: what
/// one writes, no other may touch.
final class BlockAccesses {
  private static final int MANY = -1;

  private final int[] writer;
  private final int[] reader;
  private final boolean[] constant;

  BlockAccesses(int bytes) {
    constant = new boolean[bytes];
    writer = new int[bytes];
    reader = new int[bytes];
  }

  /// @param block number of the block, from 1
  void read(int offset, int bytes, int block) {
    for (int i = offset; i < offset + bytes; i++) {
      if (writer[i] != 0 && writer[i] != block) {
        throw new Race("global byte " + i + " is read and written by different blocks");
      }
      reader[i] = reader[i] == 0 || reader[i] == block ? block : MANY;
    }
  }

  /// A read through the cache of constant data (`ld.global.nc`): no thread of the launch, not even
  /// the own one, may write there, before or after.
  void readConstant(int offset, int bytes) {
    for (int i = offset; i < offset + bytes; i++) {
      if (writer[i] != 0) {
        throw new Race("global byte " + i + " is read as a constant and was written");
      }
      constant[i] = true;
    }
  }

  void write(int offset, int bytes, int block) {
    for (int i = offset; i < offset + bytes; i++) {
      if (constant[i]) {
        throw new Race("global byte " + i + " is written and was read as a constant");
      }
      if ((writer[i] != 0 && writer[i] != block) || (reader[i] != 0 && reader[i] != block)) {
        throw new Race("global byte " + i + " is written by one block and used by another");
      }
      writer[i] = block;
    }
  }
}
