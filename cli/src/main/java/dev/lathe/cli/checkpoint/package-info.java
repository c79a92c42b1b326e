/// `trtllm-make-checkpoint`: checkpoints with generated weights, for tests and benchmarks.
@NullMarked
package dev.lathe.cli.checkpoint;

import org.jspecify.annotations.NullMarked;
