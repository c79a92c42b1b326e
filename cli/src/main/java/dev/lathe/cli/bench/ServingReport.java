package dev.lathe.cli.bench;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.runtime.measure.Measurement;
import dev.lathe.runtime.measure.Roofline;
import dev.lathe.runtime.measure.ServingFigures;
import java.util.Optional;

/// Everything that is told of a measurement.
///
/// @param command `latency` or `throughput`
/// @param clients requests that ran at once; 0: they came in groups
/// @param groupSize requests that started together; 0: all
/// @param device description of what the engine ran on
/// @param loadNanos from the opening of the engine until requests could be made
/// @param kvBlocks of the KV cache
/// @param interrupted times that a sequence was interrupted for want of KV blocks
/// @param roofline on a GPU
record ServingReport(
    String command,
    ServingOptions options,
    int clients,
    int groupSize,
    Manifest manifest,
    String device,
    long loadNanos,
    int kvBlocks,
    Measurement measurement,
    long interrupted,
    Optional<Roofline> roofline) {

  ServingFigures figures() {
    return ServingFigures.of(measurement);
  }
}
