package dev.lathe.codegen.ptx.sim;

/// Watches that threads order their own writes to shared memory before asynchronous reads of them:
/// by `fence.proxy.async`, after the write, in the warp that wrote.
final class AsyncProxy {
  private final int[] fences;
  private final int[] writer;
  private final int[] fencesBefore;

  /// @param fences how many each warp of the cluster did so far
  AsyncProxy(int bytes, int[] fences) {
    this.fences = fences;
    writer = new int[bytes];
    fencesBefore = new int[bytes];
  }

  void write(int offset, int bytes, Warp warp) {
    for (int i = offset; i < offset + bytes; i++) {
      writer[i] = warp.number + 1;
      fencesBefore[i] = fences[warp.number];
    }
  }

  /// An asynchronous copy wrote here.
  void forget(int offset, int bytes) {
    for (int i = offset; i < offset + bytes; i++) {
      writer[i] = 0;
    }
  }

  void checkRead(int offset, int bytes) {
    for (int i = offset; i < offset + bytes; i++) {
      if (writer[i] != 0 && fences[writer[i] - 1] == fencesBefore[i]) {
        throw new Race(
            "shared byte "
                + i
                + " is read by an asynchronous copy or product and was written by warp "
                + (writer[i] - 1)
                + ", with no fence.proxy.async after it");
      }
    }
  }
}
