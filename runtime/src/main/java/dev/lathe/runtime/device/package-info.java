/// What a session needs of a device: run a plan over a batch, and read the result.
///
/// Implemented by `runtime.cpu` and `runtime.cuda`; used by the session and by nobody else. Knows
/// nothing of scheduling: blocks, slots and lengths come in as flat arrays.
@NullMarked
package dev.lathe.runtime.device;

import org.jspecify.annotations.NullMarked;
