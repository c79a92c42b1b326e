/// Rules that turn ops into the steps that a device runs.
///
/// Merging comes first (one projection for query, key and value; one for gate and up), then what
/// leads from the projection to the cache, then residual additions, then norms.
///
/// Where the residual is added: in the epilogue of the linear op before it ([ResidualIntoLinear]),
/// in place on the residual stream. The sum is read and written once there, so a layer moves four
/// times `(T, H)` from the linear op to the normed rows; adding in the norm moves five. It also
/// rounds once where adding the rounded product would round twice. [AddIntoRmsNorm] takes the sums
/// whose operands are no linear ops (a norm after the sublayer, a custom op).
@NullMarked
package dev.lathe.passes.fuse;

import org.jspecify.annotations.NullMarked;
