package dev.lathe.cli.option;

import java.util.List;
import java.util.Set;

/// An option of TensorRT-LLM that this command knows and does not have.
///
/// @param name with the dashes: `--gemm_plugin`
/// @param harmless values with which the option asks for what happens anyway
public record ForeignFlag(String name, Treatment treatment, Set<String> harmless, String reason) {

  /// What happens when it is given.
  public enum Treatment {
    /// A note: what it steers does not exist here, and the result is what the user wants anyway.
    IGNORED,
    /// An error: it will mean something in a later version.
    LATER,
    /// An error: ignoring it would give another result than the user wants.
    REFUSED
  }

  public ForeignFlag {
    harmless = Set.copyOf(harmless);
  }

  /// Accepted with a note; the reason completes "ignored: ...".
  public static ForeignFlag ignored(String name, String reason) {
    return new ForeignFlag(name, Treatment.IGNORED, Set.of(), reason);
  }

  /// Options that share one reason to be ignored.
  public static List<ForeignFlag> allIgnored(String reason, String... names) {
    return List.of(names).stream().map(name -> ignored(name, reason)).toList();
  }

  /// Refused until a later version; the reason says what it will do.
  public static ForeignFlag later(String name, String reason, String... harmless) {
    return new ForeignFlag(name, Treatment.LATER, Set.of(harmless), reason);
  }

  /// Refused: the reason says what cannot be done.
  public static ForeignFlag refused(String name, String reason, String... harmless) {
    return new ForeignFlag(name, Treatment.REFUSED, Set.of(harmless), reason);
  }
}
