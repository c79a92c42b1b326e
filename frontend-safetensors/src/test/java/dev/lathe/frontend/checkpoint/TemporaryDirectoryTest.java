package dev.lathe.frontend.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryDirectoryTest {
  @TempDir Path parent;

  @Test
  void closingDeletesWhatIsInside() throws IOException {
    Path path;
    try (TemporaryDirectory directory = TemporaryDirectory.create(Optional.of(parent))) {
      path = directory.path();
      Files.writeString(Files.createDirectories(path.resolve("a/b")).resolve("c"), "x");
      Files.createSymbolicLink(path.resolve("link"), parent);
    }
    assertThat(path).doesNotExist();
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void closingTwiceIsHarmless() throws IOException {
    TemporaryDirectory directory = TemporaryDirectory.create(Optional.of(parent));
    directory.close();
    directory.close();
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void theEndOfTheVirtualMachineDeletesItToo() throws Exception {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                ownClassPath(),
                Leaver.class.getName(),
                parent.toString())
            .inheritIO()
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(7);
    assertThat(parent).isEmptyDirectory();
  }

  private static String ownClassPath() {
    return System.getProperty("java.class.path")
        + System.getProperty("path.separator")
        + System.getProperty("surefire.test.class.path", "");
  }

  /// Ends without closing its directory.
  static final class Leaver {
    private Leaver() {}

    public static void main(String[] arguments) throws IOException {
      var directory = TemporaryDirectory.create(Optional.of(Path.of(arguments[0])));
      Files.writeString(directory.path().resolve("model.safetensors"), "x");
      Runtime.getRuntime().exit(7);
    }
  }
}
