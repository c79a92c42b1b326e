package dev.lathe.frontend.config;

/// Fields that no configuration of the Hugging Face layout has: how tensors of another layout
/// differ from those of a family. Flags, absent: false.
public final class LayoutTraits {
  /// Norms whose weights count from 1 are stored with the 1 added.
  public static final String ONE_ADDED_TO_NORMS = "one_added_to_norms";

  /// The matrices of experts are stacked under `mlp.experts`, beside the router `mlp.gate`.
  public static final String STACKED_EXPERTS = "stacked_experts";

  private LayoutTraits() {}
}
