package dev.lathe.runtime.cuda;

import java.lang.foreign.MemorySegment;
import org.bytedeco.javacpp.Pointer;

/// An address in the form that the bindings take. Owns nothing and allocates no native memory.
final class NativeAddress extends Pointer {

  NativeAddress(long address) {
    this.address = address;
  }

  NativeAddress(MemorySegment segment) {
    this(segment.address());
  }

  /// Points elsewhere: for calls on a path that shall not allocate.
  NativeAddress move(long to) {
    this.address = to;
    return this;
  }
}
