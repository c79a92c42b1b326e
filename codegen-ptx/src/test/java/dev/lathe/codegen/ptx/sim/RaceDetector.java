package dev.lathe.codegen.ptx.sim;

import java.util.Arrays;

/// Watches shared memory, byte by byte. An access must have happened after the last write of
/// another warp, and a write also after all reads of other warps: a barrier, a named barrier or an
/// mbarrier has to lie between. In one warp, a lane sees another lane's write after
/// `bar.warp.sync`. Atomics do not race with each other.
final class RaceDetector {
  private static final int NOBODY = -1;

  private final int warps;
  private final short[] writerWarp;
  private final byte[] writerLane;
  private final boolean[] writtenAtomically;
  private final int[] writtenAt;
  private final int[][] readAt;

  RaceDetector(int bytes, int warps) {
    this.warps = warps;
    writerWarp = new short[bytes];
    Arrays.fill(writerWarp, (short) NOBODY);
    writerLane = new byte[bytes];
    writtenAtomically = new boolean[bytes];
    writtenAt = new int[bytes];
    readAt = new int[warps][0];
  }

  void read(int offset, int bytes, Warp warp, int lane) {
    int[] reads = readsOf(warp.number);
    for (int i = offset; i < offset + bytes; i++) {
      checkAfterWrite(i, warp, lane, "read");
      reads[i] = warp.clock.epoch(warp.number) + 1;
    }
  }

  /// Checks that a read by any lane of the warp may happen now, without one.
  void checkRead(int offset, int bytes, Warp warp) {
    for (int i = offset; i < offset + bytes; i++) {
      if (writerWarp[i] != warp.number) {
        checkAfterWrite(i, warp, 0, "read");
      }
    }
  }

  void write(int offset, int bytes, Warp warp, int lane) {
    checkWrite(offset, bytes, warp);
    record(offset, bytes, warp, lane, false);
  }

  void atomic(int offset, int bytes, Warp warp, int lane) {
    for (int i = offset; i < offset + bytes; i++) {
      if (!writtenAtomically[i]) {
        checkAfterWrite(i, warp, lane, "changed atomically");
      }
      checkAfterReads(i, warp);
    }
    record(offset, bytes, warp, lane, true);
  }

  /// Checks that a write may happen now, without one: an asynchronous copy begins.
  void checkWrite(int offset, int bytes, Warp warp) {
    for (int i = offset; i < offset + bytes; i++) {
      if (writerWarp[i] != warp.number) {
        checkAfterWrite(i, warp, 0, "written");
      }
      checkAfterReads(i, warp);
    }
  }

  private void record(int offset, int bytes, Warp warp, int lane, boolean atomically) {
    for (int i = offset; i < offset + bytes; i++) {
      writerWarp[i] = (short) warp.number;
      writerLane[i] = (byte) lane;
      writtenAtomically[i] = atomically;
      writtenAt[i] = warp.clock.epoch(warp.number);
    }
  }

  private void checkAfterWrite(int at, Warp warp, int lane, String verb) {
    int writer = writerWarp[at];
    boolean own = writer == warp.number && writerLane[at] == lane;
    if (writer != NOBODY && !own && warp.clock.epoch(writer) <= writtenAt[at]) {
      throw new Race(
          "shared byte "
              + at
              + " is "
              + verb
              + " by warp "
              + warp.number
              + " lane "
              + lane
              + " and was written by warp "
              + writer
              + " lane "
              + writerLane[at]
              + ", with no barrier between");
    }
  }

  private void checkAfterReads(int at, Warp warp) {
    for (int reader = 0; reader < warps; reader++) {
      int[] reads = readAt[reader];
      if (reader != warp.number && reads.length > 0 && warp.clock.epoch(reader) < reads[at]) {
        throw new Race(
            "shared byte "
                + at
                + " is written by warp "
                + warp.number
                + " and was read by warp "
                + reader
                + ", with no barrier between");
      }
    }
  }

  private int[] readsOf(int warp) {
    if (readAt[warp].length == 0) {
      readAt[warp] = new int[writtenAt.length];
    }
    return readAt[warp];
  }
}
