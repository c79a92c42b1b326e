package dev.lathe.frontend.random;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/// Writes one safetensors file: threads take turns at pieces of tensors, and write each at its
/// place.
final class ShardWriter {
  private static final int PIECE_BYTES = 4 << 20;
  private static final int ELEMENT_BYTES = 2;

  private final Path file;
  private final ShardPlan shard;
  private final GeneratedValues values;
  private final LongConsumer progress;

  ShardWriter(Path file, ShardPlan shard, GeneratedValues values, LongConsumer progress) {
    this.file = file;
    this.shard = shard;
    this.values = values;
    this.progress = progress;
  }

  /// Part of a tensor.
  ///
  /// @param first byte in the tensor
  /// @param position in the file
  private record Piece(TensorSpec tensor, long first, int bytes, long position) {}

  void write(int threads) throws IOException {
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer header = shard.header();
      long position = header.remaining();
      writeFully(channel, header, 0);
      List<Piece> pieces = pieces(position);
      var next = new AtomicInteger();
      Callable<Boolean> worker = () -> work(channel, pieces, next);
      await(Collections.nCopies(threads, worker), threads);
    }
  }

  private List<Piece> pieces(long start) {
    List<Piece> pieces = new ArrayList<>();
    long position = start;
    for (TensorSpec tensor : shard.tensors()) {
      for (long first = 0; first < tensor.bytes(); first += PIECE_BYTES) {
        int bytes = (int) Math.min(PIECE_BYTES, tensor.bytes() - first);
        pieces.add(new Piece(tensor, first, bytes, position + first));
      }
      position += tensor.bytes();
    }
    return pieces;
  }

  private boolean work(FileChannel channel, List<Piece> pieces, AtomicInteger next)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE_BYTES);
    for (int i = next.getAndIncrement(); i < pieces.size(); i = next.getAndIncrement()) {
      Piece piece = pieces.get(i);
      buffer.clear();
      values.fill(
          piece.tensor(), piece.first() / ELEMENT_BYTES, piece.bytes() / ELEMENT_BYTES, buffer);
      writeFully(channel, buffer.limit(piece.bytes()), piece.position());
      progress.accept(piece.bytes());
    }
    return true;
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer, long start)
      throws IOException {
    long position = start;
    while (buffer.hasRemaining()) {
      position += channel.write(buffer, position);
    }
  }

  private static void await(List<Callable<Boolean>> workers, int threads) throws IOException {
    try (var pool = Executors.newFixedThreadPool(threads)) {
      for (Future<Boolean> worker : pool.invokeAll(workers)) {
        worker.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException("a writer failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
