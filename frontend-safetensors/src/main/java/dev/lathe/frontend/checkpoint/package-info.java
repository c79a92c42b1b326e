/// Checkpoints on disk: safetensors files, mapped, never copied; and the small files beside them.
///
/// Everything here treats its input as hostile. Sizes are checked against the length of the file
/// before anything is allocated, sums and products are exact, names of files are plain names, and
/// each thing that can be wrong has its own [dev.lathe.frontend.checkpoint.CheckpointError].
///
/// Reading order: [dev.lathe.frontend.checkpoint.Checkpoint], `CheckpointDirectory`, `TensorFiles`,
/// `Shard`, `HeaderParser`, `TensorLayout`. Knows nothing of model families or graphs.
///
/// ## The file format
///
/// A safetensors file is a header length N (8 bytes, little-endian), N bytes of JSON that begin
/// with `{` and may be padded with spaces, and the tensors' bytes: row-major, little-endian,
/// without holes or overlaps from the first byte after the header to the end of the file. N is at
/// most 100,000,000. Source: the safetensors format description. Beyond it this reader refuses
/// unknown members of a tensor's entry, a million tensors and more, and strings of more than a
/// megabyte.
@NullMarked
package dev.lathe.frontend.checkpoint;

import org.jspecify.annotations.NullMarked;
