package dev.lathe.codegen.kernel;

import java.util.List;

/// What a plugin adds to the catalog: kernel templates for its own ops
/// ([dev.lathe.engine.v1.StepOp.Custom]), or further ones for built-in steps.
///
/// The plugin's jar names it in `META-INF/services`; it has a public constructor without
/// parameters. Among templates of equal cost, built-in ones are preferred.
public interface KernelProvider {

  /// Templates without state, each with an id of its own that begins with the plugin's prefix:
  /// `acme.gelu.row`.
  List<KernelTemplate<?, ?, ?>> templates();
}
