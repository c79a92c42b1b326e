package dev.lathe.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.engine.error.LatheException;
import dev.lathe.engine.type.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The conversation with the process, which is a script of the shell here.
class TorchPeerTest {
  private static final TorchOperation LINEAR =
      new TorchOperation(
          "linear", DType.BF16, Map.of("rows", 8L, "columns", 64L, "inner", 32L), true);

  @TempDir private Path folder;

  /// Something that is started as Python would be.
  private String interpreter(String... lines) throws IOException {
    Path file = folder.resolve("python");
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }

  private static TorchPeer.Search find(String python) {
    return TorchPeer.find(python, Duration.ofSeconds(20));
  }

  private TorchPeer found(String... lines) throws IOException {
    TorchPeer.Search search = find(interpreter(lines));
    assertThat(search).isInstanceOf(TorchPeer.Search.Found.class);
    return ((TorchPeer.Search.Found) search).peer();
  }

  @Test
  void operationsArePreparedAndSampledInTurn() throws IOException {
    String log = folder.resolve("asked").toString();
    try (TorchPeer peer =
        found(
            "echo '{\"torch\": \"2.11.0\", \"device\": \"GPU\"}'",
            "read line; echo \"$line\" > " + log,
            "echo '{\"method\": \"F.linear\", \"graph\": true, \"launches\": 20}'",
            "read line; echo '{\"nanos\": 1250.5}'",
            "read line")) {
      assertThat(peer.prepare(LINEAR)).isEqualTo(new TorchPeer.Preparation.Ready("F.linear", true));
      assertThat(peer.sample()).isEqualTo(1250.5);
    }
    assertThat(Path.of(log))
        .content()
        .isEqualTo(
            "{\"prepare\":\"linear\",\"dtype\":\"bfloat16\",\"columns\":64,\"inner\":32,"
                + "\"rows\":8,\"bias\":true}\n");
  }

  @Test
  void anInterpreterWithoutTorchIsMissing() throws IOException {
    assertThat(find(interpreter("echo '{\"error\": \"ModuleNotFoundError: torch\"}'")))
        .isEqualTo(new TorchPeer.Search.Missing("ModuleNotFoundError: torch"));
  }

  @Test
  void anInterpreterThatIsNotThereIsMissing() {
    assertThat(find(folder.resolve("none").toString()))
        .isInstanceOfSatisfying(
            TorchPeer.Search.Missing.class,
            missing -> assertThat(missing.reason()).contains("cannot be started"));
  }

  @Test
  void anInterpreterThatEndsAtOnceOrSaysNothingIsMissing() throws IOException {
    assertThat(find(interpreter("exit 1")))
        .isEqualTo(new TorchPeer.Search.Missing("the process has ended"));
    assertThat(TorchPeer.find(interpreter("exec sleep 30"), Duration.ofMillis(300)))
        .isEqualTo(new TorchPeer.Search.Missing("no answer in time"));
  }

  @Test
  void whatCannotBeDoneIsRefusedAndTheNextIsAsked() throws IOException {
    try (TorchPeer peer =
        found(
            "echo '{\"torch\": \"2.11.0\", \"device\": \"GPU\"}'",
            "read line; echo '{\"error\": \"no kernel\"}'",
            "read line; echo '{\"method\": \"F.linear\", \"graph\": false, \"launches\": 1}'",
            "exit 0")) {
      assertThat(peer.prepare(LINEAR)).isEqualTo(new TorchPeer.Preparation.Refused("no kernel"));
      assertThat(peer.prepare(LINEAR))
          .isEqualTo(new TorchPeer.Preparation.Ready("F.linear", false));
      assertThatThrownBy(peer::sample)
          .isInstanceOf(LatheException.class)
          .hasMessageContaining("PyTorch cannot be timed");
    }
  }
}
