/// Arrays as NumPy files, version 1.0 of the format: what `--output_npy` and its companions write
/// and `--input_file` reads. Little-endian, row-major, of int32, int64 or float32.
@NullMarked
package dev.lathe.cli.npy;

import org.jspecify.annotations.NullMarked;
