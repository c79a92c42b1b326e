package dev.lathe.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// On a machine without a driver the probe answers, and the process lives.
final class CudaProbeTest {

  @Test
  void withoutADriverTheProbeLoadsNoBindings() throws IOException, InterruptedException {
    assumeTrue(CudaDevice.probe() instanceof Availability.Missing);

    String output = runInNewProcess();

    assertThat(output).contains("Missing[sentence=");
    assertThat(output).contains("dev.lathe.runtime.cuda.CudaDevice");
    assertThat(output).doesNotContain("org.bytedeco");
  }

  @Test
  void openingAMissingGpuEndsWithItsOwnExitCode() {
    assumeTrue(CudaDevice.probe() instanceof Availability.Missing);

    assertThatThrownBy(() -> CudaDevice.open(CudaOptions.DEFAULT))
        .isInstanceOfSatisfying(
            LatheException.class,
            error -> assertThat(error.exitCode()).isEqualTo(ExitCode.NO_DEVICE));
  }

  private static String runInNewProcess() throws IOException, InterruptedException {
    String java = ProcessHandle.current().info().command().orElse("java");
    String classPath = ManagementFactory.getRuntimeMXBean().getClassPath();
    Process process =
        new ProcessBuilder(
                java,
                "-Xlog:class+load:stdout",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                ProbeMain.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }

  /// Prints the answer of the probe.
  static final class ProbeMain {
    private ProbeMain() {}

    public static void main(String[] arguments) {
      System.out.println(CudaDevice.probe());
    }
  }
}
