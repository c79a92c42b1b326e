/// The whole line on a GPU: commands as a user types them, models against transformers, batches
/// against single sequences. Whatever runs on the GPU runs in a process of its own, since a kernel
/// that faults takes its process's GPU context with it.
@NullMarked
package dev.lathe.tests.gpu;

import org.jspecify.annotations.NullMarked;
