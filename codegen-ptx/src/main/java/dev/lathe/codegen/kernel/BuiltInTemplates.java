package dev.lathe.codegen.kernel;

import java.util.List;

/// The templates that there are, in the order in which equals are preferred.
final class BuiltInTemplates {
  private BuiltInTemplates() {}

  static final List<KernelTemplate<?, ?, ?>> LIST = List.of();
}
