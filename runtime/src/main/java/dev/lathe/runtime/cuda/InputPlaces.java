package dev.lathe.runtime.cuda;

import dev.lathe.engine.v1.BatchInput;

/// Where the inputs of a batch lie.
interface InputPlaces {

  /// Device address of an input.
  long address(BatchInput input);
}
