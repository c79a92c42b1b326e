package dev.lathe.codegen.kernel.linear;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.MemoryOps.Cache;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.Swizzle;
import dev.lathe.codegen.tile.TileCopy;
import java.util.ArrayList;
import java.util.List;

/// The tokens of a block of [StreamLinear]: copied to shared memory once, as far as there is room,
/// and read from there for each row tile.
final class StagedTokens {
  private static final int ELEMENT_BYTES = 2;

  /// Most bytes of one bulk copy: small enough for all lanes of a warp to have some.
  private static final int PIECE_BYTES = 2048;

  private final KernelBuilder k;
  private final StreamLayout layout;
  private final B64 input;
  private final B32 tokens;
  private final B32 laneElement;
  private final SharedRegion region;
  private final SharedRegion arrived;
  private final List<B32> sharedRows = new ArrayList<>();
  private final List<B64> globalRows = new ArrayList<>();

  StagedTokens(KernelBuilder k, StreamLayout layout, B64 input, B32 tokens, B32 laneElement) {
    this.k = k;
    this.layout = layout;
    this.input = input;
    this.tokens = tokens;
    this.laneElement = laneElement;
    this.region = k.shared("tokens", layout.tokens() * layout.tokenPitch(), 128);
    this.arrived = k.shared("tokens_arrived", Long.BYTES, 8);
  }

  private boolean inBulk() {
    return k.target().sm() >= 90;
  }

  /// What can be done before the tokens are there.
  void prepare() {
    if (inBulk()) {
      k.ifThen(
          k.eq(k.threadIndex(), 0),
          () -> {
            k.initBarrier(arrived.at(0), 1);
            k.fenceBarrierInit();
          });
      k.blockBarrier();
    }
    B32 group = k.shr(k.laneIndex(), 2);
    for (int tile = 0; tile < layout.tokenTiles(); tile++) {
      B32 token = k.min(k.add(group, tile * StreamLayout.TILE_TOKENS), k.sub(tokens, 1));
      B32 row = k.mad(token, layout.tokenPitch(), k.addressOf(region));
      sharedRows.add(k.mad(laneElement, ELEMENT_BYTES, row));
      B64 start = k.madWide(token, layout.linear().k() * ELEMENT_BYTES, input);
      globalRows.add(k.madWide(laneElement, ELEMENT_BYTES, start));
    }
  }

  /// Copies the tokens and waits for them.
  void stage() {
    if (inBulk()) {
      k.ifThen(k.eq(k.warpIndex(), 0), this::copyInBulk);
      k.awaitPhase(arrived.at(0), k.constant(0));
    } else {
      TileCopy copy =
          new TileCopy(
              layout.tokens(), layout.residentBytes(), 16, layout.tokenPitch(), Swizzle.NONE);
      int pitch = layout.linear().k() * ELEMENT_BYTES;
      copy.emit(k, k.threadIndex(), k.threads(), k.addressOf(region), input, pitch, tokens);
      k.commitCopies();
      k.waitCopies(0);
      k.blockBarrier();
    }
  }

  private void copyInBulk() {
    int rowBytes = layout.residentBytes();
    int pieces = Math.ceilDiv(rowBytes, PIECE_BYTES);
    k.ifThen(
        k.eq(k.laneIndex(), 0), () -> k.arriveExpecting(arrived.at(0), k.mul(tokens, rowBytes)));
    k.warpBarrier();
    k.forRange(
        k.laneIndex(),
        k.mul(tokens, pieces),
        32,
        piece -> {
          B32 token = k.div(piece, pieces);
          B32 first = k.mul(k.rem(piece, pieces), PIECE_BYTES);
          B32 to = k.add(k.mad(token, layout.tokenPitch(), first), k.addressOf(region));
          B64 row = k.madWide(token, layout.linear().k() * ELEMENT_BYTES, input);
          Operand bytes = k.min(k.sub(k.constant(rowBytes), first), PIECE_BYTES);
          k.copyBulk(k.at(to), k.at(k.add(row, k.widen(first))), bytes, arrived.at(0));
        });
  }

  /// The B operands of a slot's chunk: for each token tile and each half, a lane's 4 words.
  List<List<List<B32>>> load(int slot) {
    List<List<List<B32>>> tiles = new ArrayList<>();
    for (int tile = 0; tile < layout.tokenTiles(); tile++) {
      tiles.add(List.of(load(slot, tile, 0), load(slot, tile, 1)));
    }
    return tiles;
  }

  private List<B32> load(int slot, int tile, int half) {
    int first = slot * layout.slotElements() + half * StreamLayout.CHUNK / 2;
    int offset = first * ELEMENT_BYTES;
    Address address =
        layout.isResident(slot)
            ? k.at(sharedRows.get(tile), offset)
            : k.at(globalRows.get(tile), offset);
    if (!layout.isRagged(slot)) {
      return k.loadWords(address, 4);
    }
    List<B32> words = List.of(k.constant(0), k.constant(0), k.constant(0), k.constant(0));
    Pred inside = k.lt(laneElement, layout.linear().k() - first);
    k.when(inside, () -> k.loadWordsTo(words, address, Cache.DEFAULT));
    return words;
  }
}
