/// `trtllm-inspect`: what an engine holds, what it will do, and where it came from.
@NullMarked
package dev.lathe.cli.inspect;

import org.jspecify.annotations.NullMarked;
