package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.epilogue.EpilogueEmitter;
import dev.lathe.codegen.epilogue.EpilogueEmitter.Product;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.List;

/// Where the partial sums of a block's warps meet, and become results.
///
/// There are two areas, used in turn: while some warps add up a row tile, the others are at the
/// next one, so that one barrier a row tile is enough. A thread computes one result, and the
/// results of successive row tiles belong to successive warps, so that no warp falls behind the
/// others.
final class StreamSums {
  private final KernelBuilder k;
  private final StreamLayout layout;
  private final EpilogueEmitter epilogue;
  private final B32 tokens;
  private final SharedRegion areas;
  private final B32 area;
  private final B32 worker;

  StreamSums(KernelBuilder k, StreamLayout layout, EpilogueEmitter epilogue, B32 tokens) {
    this.k = k;
    this.layout = layout;
    this.epilogue = epilogue;
    this.tokens = tokens;
    this.areas = k.shared("sums", 2 * layout.sumBytes(), 16);
    this.area = k.constant(0);
    this.worker = k.threadIndex();
  }

  /// Rows of a token's results.
  private int rows() {
    return epilogue.gated() ? StreamLayout.ROWS / 2 : StreamLayout.ROWS;
  }

  /// Adds up the sums of all warps, for each token tile the 4 of a C fragment, and stores what
  /// becomes of them.
  void finish(B32 tile, List<List<F32>> sums) {
    B32 base = k.add(k.addressOf(areas), area);
    B32 mine = k.mul(k.warpIndex(), layout.tokenTiles() * StreamLayout.WARP_SUM_BYTES);
    B32 address = k.add(base, k.mad(k.laneIndex(), 16, mine));
    for (int i = 0; i < sums.size(); i++) {
      k.storeFloats(k.at(address, i * StreamLayout.WARP_SUM_BYTES), sums.get(i));
    }
    k.blockBarrier();
    B32 token = k.div(worker, rows());
    k.ifThen(k.lt(token, tokens), () -> result(tile, base, token, k.rem(worker, rows())));
    k.assign(area, k.xor(area, layout.sumBytes()));
    int warps = Math.ceilDiv(layout.tokens() * rows(), 32);
    k.assign(worker, k.and(k.sub(worker, 32 * warps), k.threads() - 1));
  }

  private void result(B32 tile, B32 base, B32 token, B32 row) {
    B32 weightRow = k.mad(tile, StreamLayout.ROWS, row);
    B32 column = epilogue.gated() ? k.mad(tile, rows(), row) : weightRow;
    if (layout.linear().n() % StreamLayout.ROWS == 0) {
      store(token, column, weightRow, element(base, token, row));
    } else {
      Pred inside = k.lt(weightRow, layout.linear().n());
      k.ifThen(inside, () -> store(token, column, weightRow, element(base, token, row)));
    }
  }

  /// Address of the first warp's sum for a row and a token: lane 4 (row % 8) + token % 8 / 2, float
  /// 2 (row / 8) + token % 2.
  private B32 element(B32 base, B32 token, B32 row) {
    B32 inTile = k.and(token, StreamLayout.TILE_TOKENS - 1);
    B32 lane = k.mad(k.and(row, 7), 4, k.shr(inTile, 1));
    B32 value = k.mad(k.shr(row, 3), 2, k.and(inTile, 1));
    B32 inWarp = k.mad(k.mad(lane, 4, value), Float.BYTES, base);
    return k.mad(k.shr(token, 3), StreamLayout.WARP_SUM_BYTES, inWarp);
  }

  private void store(B32 token, B32 column, B32 weightRow, B32 element) {
    F32 sum = total(element, 0);
    Product product =
        epilogue.gated()
            ? Product.gated(sum, weightRow, total(element, 2), k.add(weightRow, 8))
            : Product.of(sum, weightRow);
    epilogue.store(token, column, product);
  }

  /// The sum over the warps: every fourth one, then the four.
  private F32 total(B32 element, int value) {
    F32[] parts = new F32[4];
    for (int warp = 0; warp < layout.config().warps(); warp++) {
      int offset = warp * layout.tokenTiles() * StreamLayout.WARP_SUM_BYTES + value * Float.BYTES;
      F32 part = k.loadF32(k.at(element, offset));
      parts[warp % 4] = warp < 4 ? part : k.add(parts[warp % 4], part);
    }
    return k.add(k.add(parts[0], parts[1]), k.add(parts[2], parts[3]));
  }
}
