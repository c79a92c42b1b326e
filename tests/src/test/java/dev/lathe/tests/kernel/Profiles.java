package dev.lathe.tests.kernel;

import dev.lathe.engine.type.Sizes;
import dev.lathe.engine.v1.Profile;

/// Profiles as a compiler makes them.
final class Profiles {
  private Profiles() {}

  static Profile decode(int rows) {
    return new Profile("decode." + rows, Profile.Kind.DECODE, new Sizes(rows, rows, rows));
  }

  static Profile mixed() {
    return new Profile("mixed", Profile.Kind.MIXED, new Sizes(8192, 64, 64));
  }

  /// A mixed profile with more rows of logits.
  static Profile mixed(int logitRows) {
    return new Profile("mixed", Profile.Kind.MIXED, new Sizes(8192, 64, logitRows));
  }

  /// Sizes of a decode batch.
  static Sizes rows(int rows) {
    return new Sizes(rows, rows, rows);
  }

  /// Sizes of a batch of the profile with so many tokens.
  static Sizes sizes(Profile profile, int tokens) {
    return profile.kind() == Profile.Kind.DECODE
        ? rows(tokens)
        : new Sizes(tokens, Math.min(tokens, 4), Math.min(tokens, 40));
  }
}
