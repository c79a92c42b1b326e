package dev.lathe.codegen.ptx.sim;

/// What an instruction computes in one lane: register bits in, register bits out. Values narrower
/// than 64 bits have zeros above.
@FunctionalInterface
interface LaneFunction {
  long apply(long a, long b, long c);
}
