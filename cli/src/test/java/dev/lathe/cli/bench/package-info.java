/// Tests of `trtllm-bench` that need no engine.
@NullMarked
package dev.lathe.cli.bench;

import org.jspecify.annotations.NullMarked;
