package dev.lathe.codegen.kernel.sample;

import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.asm.MemoryOps.Cache;
import dev.lathe.codegen.ptx.asm.SharedRegion;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.Pred;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The keys of a block's slice of a row of logits, in its shared memory. Past the end of the row,
/// keys are 0, which no logit has.
final class SliceKeys {
  /// Keys that a thread reads at once.
  static final int VECTOR = 4;

  /// Loads of a thread that are under way at the same time.
  private static final int BATCH = 8;

  private final KernelBuilder k;
  private final int vocabulary;
  private final int elements;
  private final SampleArithmetic arithmetic;
  private final SharedRegion keys;
  private final B32 firstId;

  /// A logit as its key, and its id.
  record Entry(B32 key, B32 id) {}

  /// @param rank of the block among those of the row
  SliceKeys(KernelBuilder k, int vocabulary, B32 rank) {
    this.k = k;
    this.vocabulary = vocabulary;
    this.elements = elements(vocabulary);
    this.arithmetic = new SampleArithmetic(k);
    this.keys = k.shared("keys", elements * Integer.BYTES, 16);
    this.firstId = k.mul(rank, elements);
  }

  /// Elements of a slice: the same number of vectors for each thread.
  static int elements(int vocabulary) {
    int unit = ClusterSampleBody.THREADS * VECTOR;
    return unit * Math.ceilDiv(vocabulary, unit * ClusterSampleBody.BLOCKS);
  }

  int elements() {
    return elements;
  }

  /// The id of the slice's first element.
  B32 firstId() {
    return firstId;
  }

  /// Reads the slice; the greatest of what this thread read, the lowest id among equals.
  Entry read(B64 logits) {
    int vector = Math.min(VECTOR, Integer.lowestOneBit(vocabulary));
    int rounds = elements / vector / k.threads();
    Entry best = new Entry(k.constant(0), k.constant(-1));
    for (int first = 0; first < rounds; first += BATCH) {
      readBatch(logits, vector, first, Math.min(rounds, first + BATCH), best);
    }
    return best;
  }

  private void readBatch(B64 logits, int vector, int first, int end, Entry best) {
    List<B32> places = new ArrayList<>();
    List<Pred> inside = new ArrayList<>();
    List<List<B32>> words = new ArrayList<>();
    for (int round = first; round < end; round++) {
      B32 place = k.mul(k.add(k.threadIndex(), round * k.threads()), vector);
      B32 id = k.add(firstId, place);
      Pred exists = k.lt(id, vocabulary);
      List<B32> target = k.newB32s(vector);
      target.forEach(word -> k.assign(word, 0));
      B64 address = k.madWide(id, Float.BYTES, logits);
      k.when(exists, () -> k.loadWordsTo(target, k.at(address), Cache.DEFAULT));
      places.add(place);
      inside.add(exists);
      words.add(target);
    }
    for (int i = 0; i < places.size(); i++) {
      keep(places.get(i), inside.get(i), words.get(i), best);
    }
  }

  private void keep(B32 place, Pred exists, List<B32> words, Entry best) {
    List<B32> found = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      B32 key = arithmetic.key(arithmetic.clean(k.fromBits(words.get(i))));
      B32 valid = k.select(exists, key, k.constant(0));
      Pred greater = k.gtU(valid, best.key);
      k.assign(best.key, k.select(greater, valid, best.key));
      k.assign(best.id, k.select(greater, k.add(k.add(firstId, place), i), best.id));
      found.add(valid);
    }
    k.storeWords(k.at(k.mad(place, Integer.BYTES, k.addressOf(keys))), found);
  }

  /// Runs the body for each key, by all threads of the block.
  void each(Consumer<B32> body) {
    int unit = k.threads() * VECTOR;
    B32 base = k.mad(k.threadIndex(), VECTOR * Integer.BYTES, k.addressOf(keys));
    k.forRange(
        base,
        k.add(base, elements * Integer.BYTES),
        unit * Integer.BYTES,
        address -> k.loadWords(k.at(address), VECTOR).forEach(body));
  }

  /// A warp's part of the slice: neighbouring elements, in the order of ids.
  int warpElements() {
    return elements / (k.threads() / 32);
  }

  /// [#VECTOR] keys from the given element of the slice on.
  List<B32> at(B32 element) {
    return k.loadWords(k.at(k.mad(element, Integer.BYTES, k.addressOf(keys))), VECTOR);
  }
}
