package dev.lathe.runtime.metrics;

/// Hears of every step of a session, on its driver thread: what takes long here delays the next
/// step.
public interface StepListener {
  void step(StepRecord step);
}
