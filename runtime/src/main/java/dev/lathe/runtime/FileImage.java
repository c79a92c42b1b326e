package dev.lathe.runtime;

import dev.lathe.engine.file.EngineFile;
import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;
import dev.lathe.engine.v1.WeightEntry;
import dev.lathe.runtime.device.EngineImage;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// An engine file as devices see it.
record FileImage(EngineFile file) implements EngineImage {

  @Override
  public Manifest manifest() {
    return file.manifest();
  }

  @Override
  public List<Plan> plans() {
    return file.plans();
  }

  @Override
  public MemorySegment weight(WeightEntry entry) {
    return file.weight(entry);
  }

  @Override
  public MemorySegment ptx(String kernel) {
    return file.ptx(kernel);
  }

  @Override
  public MemorySegment cubin(String kernel) {
    return file.cubin(kernel);
  }
}
