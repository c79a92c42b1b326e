package dev.lathe.runtime.cpu;

import dev.lathe.engine.v1.Buffer;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.Step;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// Which activation buffers of a plan share memory: a linear scan over the steps that gives a
/// buffer a slot before its first step and takes it back after its last.
///
/// The offsets in the plan are for the greatest batch; slots let the CPU take what a batch needs.
final class BufferSlots {
  private BufferSlots() {}

  /// The slot, from 0, of each arena buffer that a step names, in the order of first use.
  static Map<Buffer, Integer> assign(Plan plan) {
    Map<Ref, Buffer> arena = arena(plan);
    Map<Ref, Integer> lastUse = lastUse(plan);
    Map<Buffer, Integer> slots = new LinkedHashMap<>();
    Deque<Integer> free = new ArrayDeque<>();
    int count = 0;
    for (int i = 0; i < plan.steps().size(); i++) {
      Map<Ref, Buffer> used = new LinkedHashMap<>();
      for (Ref ref : StepOperands.of(plan.steps().get(i).op())) {
        Buffer buffer = arena.get(ref);
        if (buffer != null) {
          used.put(ref, buffer);
          if (!slots.containsKey(buffer)) {
            slots.put(buffer, free.isEmpty() ? count++ : free.pop());
          }
        }
      }
      for (Map.Entry<Ref, Buffer> entry : used.entrySet()) {
        if (Integer.valueOf(i).equals(lastUse.get(entry.getKey()))) {
          free.push(slots.getOrDefault(entry.getValue(), 0));
        }
      }
    }
    return slots;
  }

  private static Map<Ref, Buffer> arena(Plan plan) {
    Map<Ref, Buffer> arena = new HashMap<>();
    for (Buffer buffer : plan.buffers()) {
      if (buffer.storage() instanceof Buffer.Storage.Arena) {
        arena.put(Ref.buffer(buffer.name()), buffer);
      }
    }
    return arena;
  }

  private static Map<Ref, Integer> lastUse(Plan plan) {
    Map<Ref, Integer> last = new HashMap<>();
    int index = 0;
    for (Step step : plan.steps()) {
      for (Ref ref : StepOperands.of(step.op())) {
        last.put(ref, index);
      }
      index++;
    }
    return last;
  }
}
