/// `trtllm-bench`: how fast an engine serves, and how far each of its kernels is from what the
/// hardware allows.
///
/// The figures come from [dev.lathe.runtime.measure]; here they get requests to measure with
/// (`Dataset`, `RandomRequests`) and a form to be read in (`ServingText`, `ServingJson`). Reading
/// order: BenchCommand, MeasurementOptions, ServingOptions, ServingRun, ServingReport.
@NullMarked
package dev.lathe.cli.bench;

import org.jspecify.annotations.NullMarked;
