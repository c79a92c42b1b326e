/// Kernels after the last linear: penalties on logits, and the choice of a token without a sort.
@NullMarked
package dev.lathe.codegen.kernel.sample;

import org.jspecify.annotations.NullMarked;
