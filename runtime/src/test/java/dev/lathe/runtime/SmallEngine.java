package dev.lathe.runtime;

import dev.lathe.runtime.cpu.CpuDevice;
import dev.lathe.runtime.cpu.Workers;
import dev.lathe.runtime.device.DeviceLimits;
import dev.lathe.runtime.schedule.Policy;
import dev.lathe.runtime.text.SmallTokenizers;
import dev.lathe.runtime.text.Tokenizer;
import java.util.Optional;
import java.util.OptionalInt;

/// A model of random weights, and sessions on it that have little room.
final class SmallEngine {
  private SmallEngine() {}

  /// On the CPU, with a token for each byte.
  static Engine of(LlamaShape shape, int threads) {
    return new Engine(
        new LlamaImage(shape, 4),
        new CpuDevice(new Workers(threads)),
        Optional.of(new Tokenizer(SmallTokenizers.bytes())),
        () -> {});
  }

  /// Sequences that begin as soon as they can, and are interrupted if there are no blocks left.
  static SessionOptions blocks(int count) {
    return SessionOptions.DEFAULT
        .withPolicy(Policy.maxUtilization())
        .withLimits(new DeviceLimits(0.9, OptionalInt.of(count), false));
  }
}
