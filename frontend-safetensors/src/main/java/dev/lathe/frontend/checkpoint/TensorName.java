package dev.lathe.frontend.checkpoint;

import dev.lathe.frontend.json.StrictReader;

/// Names of tensors that are accepted. They end in engine files and on terminals, so they must not
/// hold control characters.
final class TensorName {
  private static final int MAX_CHARACTERS = 1024;

  private TensorName() {}

  static void check(String file, String name) {
    if (name.isEmpty() || name.length() > MAX_CHARACTERS) {
      throw new CheckpointException(
          CheckpointError.TENSOR_NAME,
          file
              + ": a tensor's name has 1 to "
              + MAX_CHARACTERS
              + " characters, not "
              + name.length()
              + ": "
              + StrictReader.shown(name));
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw new CheckpointException(
          CheckpointError.TENSOR_NAME,
          file + ": a tensor's name has control characters: " + StrictReader.shown(name));
    }
  }
}
