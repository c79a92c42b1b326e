package dev.lathe.engine.file;

/// The comment at the end of the archive, the last bytes of the file: `LATHE1 ` and the SHA-256, in
/// lower-case hexadecimal, of the structure: all bytes of the file before the hexadecimal digits
/// but the payloads of entries other than the manifest.
final class Trailer {
  /// Of the container; [dev.lathe.engine.v1.Manifest#FORMAT_VERSION] counts what is in it.
  static final int CONTAINER_VERSION = 1;

  static final String MAGIC = "LATHE" + CONTAINER_VERSION + " ";
  static final int DIGEST_CHARACTERS = 64;
  static final int BYTES = MAGIC.length() + DIGEST_CHARACTERS;

  private Trailer() {}

  /// Stands in for a trailer until the digest is known.
  static String placeholder() {
    return MAGIC + "0".repeat(DIGEST_CHARACTERS);
  }
}
