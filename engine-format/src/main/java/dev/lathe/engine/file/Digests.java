package dev.lathe.engine.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256.
final class Digests {
  private Digests() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  /// Feeds bytes `begin` (inclusive) to `end` (exclusive) of a file to a digest.
  ///
  /// @param buffer backed by an array; its content is lost
  static void update(
      MessageDigest digest, FileChannel channel, long begin, long end, ByteBuffer buffer)
      throws IOException {
    long at = begin;
    while (at < end) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
      int count = channel.read(buffer, at);
      if (count < 0) {
        throw new EOFException("the file ended at " + at + " while it was read");
      }
      digest.update(buffer.flip());
      at += count;
    }
  }

  static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }
}
