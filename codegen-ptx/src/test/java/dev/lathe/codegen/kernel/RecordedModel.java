package dev.lathe.codegen.kernel;

import dev.lathe.codegen.kernel.ModelSteps.StepOfModel;
import dev.lathe.engine.v1.Profile;
import java.util.List;

/// A model's distinct steps.
interface RecordedModel {
  String name();

  /// The steps under one profile.
  List<StepOfModel> steps(Profile profile, String target);
}
