package dev.lathe.codegen.link;

import dev.lathe.codegen.ptx.isa.Target;
import java.util.List;

/// Turns PTX into machine code.
public interface PtxAssembler {

  /// Assembles a module with one kernel.
  ///
  /// @throws AssemblyException if the text is refused, or the assembler undoes something that the
  ///     kernel relies on (warnings C75xx: wgmma made serial, setmaxnreg ignored)
  Assembly assemble(String ptx, Target target);

  /// Machine code and what it takes.
  ///
  /// @param registers of a thread
  /// @param stackBytes of a thread in memory: registers that were spilled, since kernels have no
  ///     stack of their own. Such a kernel is right, but slow
  /// @param staticSharedBytes shared memory besides the dynamic one of the launch
  /// @param warnings lines of the assembler that are no errors
  record Assembly(
      byte[] cubin, int registers, int stackBytes, int staticSharedBytes, List<String> warnings) {
    public Assembly {
      warnings = List.copyOf(warnings);
    }

    /// The same.
    ///
    /// @throws AssemblyException if registers were spilled
    public Assembly withoutSpills() {
      if (stackBytes > 0) {
        throw new AssemblyException(
            "a kernel spills registers: " + stackBytes + " bytes of a thread", "");
      }
      return this;
    }
  }
}
