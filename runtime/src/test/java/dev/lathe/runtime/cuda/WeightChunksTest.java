package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.type.DType;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.WeightExpr;
import dev.lathe.runtime.cuda.WeightChunks.Chunk;
import dev.lathe.runtime.cuda.WeightChunks.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class WeightChunksTest {

  @Test
  void smallNeighboursShareAChunkAndAreSpacedAsInTheFile() {
    WeightChunks chunks =
        new WeightChunks(List.of(entry("b", 0, 512, 100), entry("a", 0, 0, 300)), 4096);

    assertThat(chunks.chunks()).hasSize(1);
    assertThat(chunks.chunks().getFirst().bytes()).isEqualTo(612);
    assertThat(chunks.offset("b") - chunks.offset("a")).isEqualTo(512);
  }

  @Test
  void aLargeWeightIsCutIntoChunks() {
    WeightChunks chunks = new WeightChunks(List.of(entry("a", 0, 256, 10_000)), 4096);

    assertThat(chunks.chunks()).extracting(Chunk::bytes).containsExactly(4096L, 4096L, 1808L);
  }

  @Test
  void segmentsLieOneAfterAnother() {
    WeightChunks chunks =
        new WeightChunks(List.of(entry("a", 0, 0, 300), entry("b", 3, 256, 10)), 4096);

    assertThat(chunks.offset("b")).isEqualTo(512 + 256);
    assertThat(chunks.bytes()).isEqualTo(512 + 512);
  }

  @Test
  void chunksCoverEveryByteOfEveryWeightOnce() {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    List<WeightEntry> entries = new ArrayList<>();
    long offset = 0;
    for (int i = 0; i < 200; i++) {
      long bytes = 1 + random.nextLong(i % 7 == 0 ? 50_000 : 500);
      entries.add(entry("w" + i, i / 50, offset, bytes));
      offset = i % 50 == 49 ? 0 : (offset + bytes + 255 + random.nextLong(9000)) / 256 * 256;
    }

    WeightChunks chunks = new WeightChunks(entries, 8192);

    long covered = 0;
    for (Chunk chunk : chunks.chunks()) {
      assertThat(chunk.bytes()).isLessThanOrEqualTo(8192);
      for (Piece piece : chunk.pieces()) {
        assertThat(piece.offset())
            .isEqualTo(chunks.offset(piece.entry().name()) + piece.from())
            .isBetween(chunk.offset(), chunk.offset() + chunk.bytes() - piece.bytes());
        covered += piece.bytes();
      }
    }
    assertThat(covered).isEqualTo(entries.stream().mapToLong(WeightEntry::bytes).sum());
  }

  @Test
  void anUnknownWeightIsABug() {
    WeightChunks chunks = new WeightChunks(List.of(), 4096);

    assertThatThrownBy(() -> chunks.offset("a")).isInstanceOf(IllegalStateException.class);
  }

  private static WeightEntry entry(String name, int segment, long offset, long bytes) {
    return new WeightEntry(
        name, DType.U8, List.of(bytes), segment, offset, bytes, new WeightExpr.Tensor(name));
  }
}
