/// Which tokens of which sequences the next step computes.
///
/// [dev.lathe.runtime.schedule.Scheduler] is a state machine without clocks, threads or devices: a
/// simulation drives it through a million random events and checks after each that no block leaks,
/// that every sequence ends once, and that nobody is overtaken. Sequences are served in the order
/// of their arrival; those that run are always the oldest ones.
///
/// Reading order: [dev.lathe.runtime.schedule.Sequence], [dev.lathe.runtime.schedule.Policy],
/// [dev.lathe.runtime.schedule.Scheduler], [dev.lathe.runtime.schedule.Tick].
@NullMarked
package dev.lathe.runtime.schedule;

import org.jspecify.annotations.NullMarked;
