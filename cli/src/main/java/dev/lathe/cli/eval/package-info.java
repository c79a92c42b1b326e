/// `trtllm-eval`: how good an engine's answers are, as a number that a pipeline can compare.
@NullMarked
package dev.lathe.cli.eval;

import org.jspecify.annotations.NullMarked;
