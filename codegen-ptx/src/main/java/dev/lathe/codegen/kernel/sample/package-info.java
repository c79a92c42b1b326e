/// Kernels after the last linear: penalties on logits, and the choice of a token without a sort, by
/// one block a row (`SampleBody`) or by a cluster that holds the row (`ClusterSampleBody`). All
/// work on `LogitRows`.
@NullMarked
package dev.lathe.codegen.kernel.sample;

import org.jspecify.annotations.NullMarked;
