package dev.lathe.codegen.kernel.attention;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;

/// Copies tiles of [#KEYS] keys and of their values to shared memory, with all threads of a block:
/// thread i takes chunk i mod 8 of rows i / 8, i / 8 + threads / 8, ... Rows are padded by 16
/// bytes, which for head sizes of a multiple of 16 keeps every `ldmatrix` free of bank conflicts.
final class KeyValueTiles {
  /// Keys of a tile.
  static final int KEYS = 64;

  /// Bytes of a copy.
  static final int CHUNK_BYTES = 16;

  private static final int COPY_LANES = 8;

  private final KernelBuilder k;
  private final AttentionProblem problem;
  private final AttentionParameters parameters;
  private final PagedKeys pages;
  private final int pitch;
  private final int rowStep;
  private final B32 end;
  private final B32 keyTile;
  private final B32 valueTile;
  private final B32 nextKey;
  private final B32 chunk;
  private final B32 localBytes;
  private final List<B64> offsets = new ArrayList<>();
  private final List<B32> bytes = new ArrayList<>();

  /// @param begin first key, a multiple of KEYS
  /// @param end behind the last key
  KeyValueTiles(
      KernelBuilder k,
      AttentionProblem problem,
      AttentionParameters parameters,
      PagedKeys pages,
      B32 begin,
      B32 end) {
    this.k = k;
    this.problem = problem;
    this.parameters = parameters;
    this.pages = pages;
    this.end = end;
    this.pitch = pitchBytes(problem);
    this.rowStep = k.threads() / COPY_LANES;
    SharedRegion keyRegion = k.shared("keys_tile", KEYS * pitch, 16);
    SharedRegion valueRegion = k.shared("values_tile", KEYS * pitch, 16);
    this.keyTile = k.addressOf(keyRegion);
    this.valueTile = k.addressOf(valueRegion);
    this.chunk = k.and(k.threadIndex(), COPY_LANES - 1);
    B32 local = k.shr(k.threadIndex(), 3);
    this.nextKey = k.add(begin, local);
    this.localBytes = k.mad(local, pitch, k.mul(chunk, CHUNK_BYTES));
    for (int row = 0; row < KEYS; row += rowStep) {
      offsets.add(k.constant64(0));
      bytes.add(k.constant(0));
    }
  }

  /// Bytes from one row of a tile to the next.
  static int pitchBytes(AttentionProblem problem) {
    return problem.headDim() * 2 + CHUNK_BYTES;
  }

  /// Address of the tile of keys.
  B32 keyTile() {
    return keyTile;
  }

  /// Address of the tile of values.
  B32 valueTile() {
    return valueTile;
  }

  /// Finds the rows of the next tile and starts to copy its keys. Keys past the end become zeros.
  void startKeys() {
    for (int i = 0; i < offsets.size(); i++) {
      B32 key = k.add(nextKey, i * rowStep);
      B32 known = k.min(key, k.sub(end, 1));
      B64 offset = k.madWide(chunk, CHUNK_BYTES, pages.rowOffset(known));
      k.assign(offsets.get(i), offset);
      k.assign(bytes.get(i), k.select(k.lt(key, end), CHUNK_BYTES, 0));
    }
    k.addTo(nextKey, KEYS);
    start(parameters.keys(), keyTile);
  }

  /// Starts to copy the values of the tile whose keys were started last.
  void startValues() {
    start(parameters.values(), valueTile);
  }

  private void start(B64 cache, B32 tile) {
    B32 target = k.add(tile, localBytes);
    int chunks = problem.headDim() * 2 / CHUNK_BYTES;
    for (int i = 0; i < offsets.size(); i++) {
      B64 source = k.add(cache, offsets.get(i));
      for (int first = 0; first < chunks; first += COPY_LANES) {
        copy(target, source, i, first, chunks);
      }
    }
    k.commitCopies();
  }

  private void copy(B32 target, B64 source, int row, int first, int chunks) {
    int columnBytes = first * CHUNK_BYTES;
    int rowBytes = row * rowStep * pitch + columnBytes;
    Runnable copy =
        () ->
            k.copyAsync(
                k.at(target, rowBytes), k.at(source, columnBytes), CHUNK_BYTES, bytes.get(row));
    if (first + COPY_LANES <= chunks) {
      copy.run();
    } else {
      Pred inside = k.lt(chunk, chunks - first);
      k.when(inside, copy);
    }
  }
}
