package dev.lathe.codegen.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.codegen.link.PtxAssembler.Assembly;
import dev.lathe.codegen.ptx.isa.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PtxasAssemblerTest {
  @TempDir private Path folder;

  @Test
  void registersInMemoryAreReportedAndMakeNoError() throws IOException {
    Assembly assembly =
        assemble(
            """
            ptxas info    : Function properties for k
                40 bytes stack frame, 52 bytes spill stores, 52 bytes spill loads
            ptxas info    : Used 168 registers, used 1 barriers, 256 bytes smem
            """);

    assertThat(assembly.stackBytes()).isEqualTo(40);
    assertThat(assembly.registers()).isEqualTo(168);
    assertThat(assembly.staticSharedBytes()).isEqualTo(256);
    assertThat(assembly.cubin()).containsExactly('c', 'o', 'd', 'e');
    assertThatThrownBy(assembly::withoutSpills)
        .isInstanceOf(AssemblyException.class)
        .hasMessageContaining("a kernel spills registers: 40 bytes of a thread");
  }

  @Test
  void withoutStackThereAreNoSpills() throws IOException {
    Assembly assembly =
        assemble(
            """
                0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
            ptxas info    : Used 32 registers
            """);

    assertThat(assembly.withoutSpills()).isEqualTo(assembly);
  }

  @Test
  void aDesignThatTheAssemblerUndoesIsAnError() {
    assertThatThrownBy(() ->
            assemble(
                "ptxas info : (C7510) Potential Performance Loss: wgmma.mma_async instructions"
                    + " are serialized"))
        .isInstanceOf(AssemblyException.class)
        .hasMessageContaining("C7510");
  }

  /// What an assembler makes of a kernel that says this about it.
  private Assembly assemble(String log) throws IOException {
    Path program = folder.resolve("ptxas");
    String script =
        """
        #!/bin/sh
        cat << 'LOG'
        %s
        LOG
        while [ "$1" != -o ]; do shift; done
        printf code > "$2"
        """
            .formatted(log);
    Files.writeString(program, script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new PtxasAssembler(program.toString()).assemble("", Target.SM_90A);
  }
}
