/// Measures an engine that serves requests, and says how far it is from what the hardware allows.
///
/// [dev.lathe.runtime.measure.LoadGenerator] submits requests as an
/// [dev.lathe.runtime.measure.Arrival] says and gives a
/// [dev.lathe.runtime.measure.Measurement]: the times at which the session published each token,
/// and its steps. [dev.lathe.runtime.measure.ServingFigures] and
/// [dev.lathe.runtime.measure.Roofline] are arithmetic over that. Knows no command line, no files
/// and no report format.
///
/// Reading order: LoadRequest, Arrival, LoadGenerator, Measurement, Distribution, ServingFigures,
/// PlanCost, DeviceRates, Roofline.
@NullMarked
package dev.lathe.runtime.measure;

import org.jspecify.annotations.NullMarked;
