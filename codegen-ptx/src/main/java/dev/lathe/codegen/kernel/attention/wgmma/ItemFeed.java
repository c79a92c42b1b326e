package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.kernel.attention.wgmma.TileStorage.Ring;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.function.Consumer;

/// The work items as a warp that loads tiles reads them: one after the other.
final class ItemFeed {
  private final KernelBuilder k;
  private final TileStorage storage;
  private final Pred leader;
  private final RingPosition position;

  /// @param leader one lane of the warp
  ItemFeed(KernelBuilder k, TileStorage storage, Pred leader) {
    this.k = k;
    this.storage = storage;
    this.leader = leader;
    this.position = storage.start(Ring.ITEMS);
  }

  /// Emits `taken` for each item as soon as its words are read, and `body` if it is work; ends
  /// behind the last one.
  void forEach(Runnable taken, Consumer<WorkItem> body) {
    k.loop(() -> {
      k.awaitPhase(k.at(storage.full(Ring.ITEMS, position)), position.phase());
      B32 address = storage.stage(Ring.ITEMS, position);
      WorkItem item =
          new WorkItem(
              WorkItem.Rows.load(k, address),
              WorkItem.Keys.load(k, address),
              WorkItem.Source.load(k, address));
      k.when(leader, () -> k.arrive(k.at(storage.empty(Ring.ITEMS, position))));
      taken.run();
      k.breakIf(k.eq(item.rows().tokens(), 0));
      position.advance(k);
      body.accept(item);
    });
  }
}
