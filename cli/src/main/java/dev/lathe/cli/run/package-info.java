/// `trtllm-run`: an engine generates text, or tells the logits of a prompt.
@NullMarked
package dev.lathe.cli.run;

import org.jspecify.annotations.NullMarked;
