/// Kernels beside those of PyTorch: [dev.lathe.tests.peer.CandidateDump] writes every candidate for
/// given shapes with its launches, `tests/gpu/time_candidates.py` checks and times them on a GPU.
@org.jspecify.annotations.NullMarked
package dev.lathe.tests.peer;
