/// Checks that every graph passes after every pass.
///
/// One [dev.lathe.ir.verify.Check] is one class and one property; the
/// [dev.lathe.ir.verify.Verifier] lists them. A violation carries a label: that of an op's
/// constraint (`C2`) or of the check (`G1`), which the test of the check repeats.
@NullMarked
package dev.lathe.ir.verify;

import org.jspecify.annotations.NullMarked;
