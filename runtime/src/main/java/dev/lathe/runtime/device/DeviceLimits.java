package dev.lathe.runtime.device;

import java.util.OptionalInt;

/// How much of a device a session takes.
///
/// @param kvMemoryFraction part of the memory that is free after weights and arena, for the KV
///     pool; more than 0, at most 1
/// @param kvBlocks size of the KV pool in blocks; replaces the fraction where it is given
/// @param profiling true: measure the time of each kernel
public record DeviceLimits(double kvMemoryFraction, OptionalInt kvBlocks, boolean profiling) {
  public static final DeviceLimits DEFAULT = new DeviceLimits(0.9, OptionalInt.empty(), false);
}
