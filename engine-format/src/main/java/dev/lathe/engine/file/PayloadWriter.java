package dev.lathe.engine.file;

import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.engine.weight.WeightEvaluator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.zip.CRC32;

/// Writes one payload to its place in the file, and sums it up on the way. For one thread.
final class PayloadWriter {
  private final FileChannel channel;
  private final ProgressCount progress;
  private final CRC32 crc = new CRC32();
  private final MessageDigest sha256 = Digests.sha256();
  private final long begin;
  private long position;

  /// @param position first byte of the payload in the file
  PayloadWriter(FileChannel channel, long position, ProgressCount progress) {
    this.channel = channel;
    this.begin = position;
    this.position = position;
    this.progress = progress;
  }

  /// What the file tells of a payload.
  record Sums(long bytes, long crc, String sha256) {}

  Sums write(Payload payload, WeightEvaluator evaluator) throws IOException {
    switch (payload) {
      case Payload.Stored(String _, byte[] content) -> append(ByteBuffer.wrap(content));
      case Payload.Weights weights -> {
        for (WeightEntry weight : weights.weights()) {
          append(ByteBuffer.allocate(Math.toIntExact(begin + weight.offset() - position)));
          evaluator.evaluate(weight.source(), this::append);
        }
      }
    }
    if (position - begin != payload.bytes()) {
      throw new IllegalStateException(
          payload.name() + " has " + (position - begin) + " bytes, planned " + payload.bytes());
    }
    return new Sums(payload.bytes(), crc.getValue(), Digests.hex(sha256.digest()));
  }

  private void append(ByteBuffer bytes) throws IOException {
    int count = bytes.remaining();
    crc.update(bytes.duplicate());
    sha256.update(bytes.duplicate());
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
    progress.add(count);
  }
}
