package dev.lathe.engine.file;

import dev.lathe.engine.v1.Manifest;
import dev.lathe.engine.v1.Plan;

/// The reader's checks, made before an engine is written: what a compiler got wrong is found here.
final class ContentCheck {
  private ContentCheck() {}

  /// @throws IllegalStateException if the reader would refuse the engine
  static void check(EngineContent content, Manifest manifest) {
    try {
      ManifestCheck.check(manifest);
      for (Plan plan : content.plans()) {
        PlanCheck.check(plan, manifest);
      }
    } catch (IllegalArgumentException problem) {
      throw new IllegalStateException("engine content: " + problem.getMessage(), problem);
    }
  }
}
