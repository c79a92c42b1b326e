package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.Ref;
import java.util.List;

/// Where a step finds its operands.
abstract class Operands {

  abstract HostTensor tensor(Ref ref);

  /// The weight of a linear step, packed.
  abstract PackedMatrix packed(Ref ref);

  /// The weight `(experts, N, inputs)` of a grouped linear step, each expert packed by itself.
  abstract List<PackedMatrix> packedExperts(Ref ref, int inputs);

  FloatTensor floats(Ref ref) {
    return expect(ref, FloatTensor.class);
  }

  IntTensor ints(Ref ref) {
    return expect(ref, IntTensor.class);
  }

  LongTensor longs(Ref ref) {
    return expect(ref, LongTensor.class);
  }

  KvTensor cache(Ref ref) {
    return expect(ref, KvTensor.class);
  }

  private <T extends HostTensor> T expect(Ref ref, Class<T> type) {
    HostTensor tensor = tensor(ref);
    if (!type.isInstance(tensor)) {
      throw new IllegalStateException(
          ref + " is a " + tensor.getClass().getSimpleName() + ", not a " + type.getSimpleName());
    }
    return type.cast(tensor);
  }
}
