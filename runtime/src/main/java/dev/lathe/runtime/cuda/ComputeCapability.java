package dev.lathe.runtime.cuda;

/// What instructions a GPU has: 9.0 for Hopper.
public record ComputeCapability(int major, int minor) {

  /// `9.0`.
  @Override
  public String toString() {
    return major + "." + minor;
  }
}
