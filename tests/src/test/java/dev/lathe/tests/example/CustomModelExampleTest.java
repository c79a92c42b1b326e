package dev.lathe.tests.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.cli.npy.NpyArray;
import dev.lathe.cli.npy.NpyReader;
import dev.lathe.tests.cli.CommandRun;
import dev.lathe.tests.cli.TestFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// `examples/custom-model`: a family and an op that Lathe does not have, from a folder of plugins.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CustomModelExampleTest {
  private static final String OP = "example.squared_relu";

  private Path folder = Path.of("");
  private Path plugins = Path.of("");

  @BeforeAll
  void makePluginAndEngine(@TempDir Path temporary) throws Exception {
    folder = temporary;
    plugins = temporary.resolve("plugins");
    Path jar = plugins.resolve("counting-plugin.jar");
    ExamplePlugin.jar(TestFiles.root().resolve("examples/custom-model"), jar, temporary);
    try (var classes = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
      classes
          .loadClass("com.example.counting.TinyCheckpoint")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[] {folder.resolve("checkpoint").toString()});
    }
    build("engine", "cpu", "--plugin_dir", plugins).endsWith(0);
  }

  private CommandRun build(String engine, String target, Object... more) {
    return CommandRun.line(
        """
        trtllm-build --checkpoint_dir {} --output_dir {} --dtype float32 --target {}
            --gather_context_logits --max_batch_size 1 --max_num_tokens 16
            --max_input_len 16 --max_seq_len 64 {}
        """,
        folder.resolve("checkpoint"),
        folder.resolve(engine),
        target,
        more);
  }

  private CommandRun run(Object... more) throws IOException {
    Path prompt = folder.resolve("prompt.csv");
    Files.writeString(prompt, "61,62\n");
    return CommandRun.line(
        """
        trtllm-run --engine_dir {} --device cpu --input_file {} --max_output_len 4
            --end_id -1 --output_csv {} --output_logits_npy {} {}
        """,
        folder.resolve("engine"),
        prompt,
        folder.resolve("tokens.csv"),
        folder.resolve("logits.npy"),
        more);
  }

  @Test
  void theModelCountsAndItsLogitsAreThoseOfItsFormula() throws IOException {
    run("--plugin_dir", plugins).endsWith(0);

    assertThat(folder.resolve("tokens.csv")).hasContent("63,0,1,2");
    NpyArray logits = NpyReader.read(folder.resolve("logits.npy"));
    assertThat(logits.shape()).containsExactly(2, 64);
    double deviation = Math.sqrt((1 + 4 * 4) / 64.0);
    assertThat(logits.values()[61]).isCloseTo(1 / deviation, within(1e-3));
    assertThat(logits.values()[62]).isCloseTo(4 / deviation, within(1e-3));
    assertThat(logits.values()[63]).isZero();
  }

  @Test
  void anEngineOfAnAbsentPluginIsRefusedByTheNameOfItsOp() throws IOException {
    assertThat(run().endsWith(5).err()).contains("plugin-missing", OP, "--plugin_dir");
  }

  @Test
  void aModelOfAnAbsentPluginIsRefusedByTheNameOfItsArchitecture() {
    assertThat(build("none", "cpu").endsWith(4).err()).contains("CountingForCausalLM");
  }

  @Test
  void theKernelOfThePluginIsCompiledAndSaysWhereItComesFrom() {
    build("hopper", "sm_90a", "--plugin_dir", plugins).endsWith(0);

    String why =
        CommandRun.line(
                "trtllm-inspect {} --why layers.0.mlp.activation --plugin_dir {}",
                folder.resolve("hopper"),
                plugins)
            .endsWith(0)
            .out();
    assertThat(why).contains(OP, "from template example.squared-relu.row", "threads=128");
  }

  @Test
  void thePluginsAreListedWithTheirJars() {
    String lines =
        CommandRun.of("trtllm-inspect", "--plugins", "--plugin_dir", plugins).endsWith(0).out();

    assertThat(lines.lines().filter(line -> line.contains("counting-plugin.jar")))
        .anyMatch(line -> line.contains("importer") && line.contains("counting"))
        .anyMatch(line -> line.contains("kernel") && line.contains("example.squared-relu.row"))
        .anyMatch(line -> line.contains("cpu op") && line.contains(OP))
        .hasSize(3);
    assertThat(CommandRun.of("trtllm-inspect", "--plugins").endsWith(0).out())
        .doesNotContain("example");
  }

  @Test
  void aFolderThatIsNotThereIsAMistakeOfUsage() throws IOException {
    assertThat(run("--plugin_dir", folder.resolve("nowhere")).endsWith(2).err())
        .contains("nowhere", "LATHE_PLUGINS");
  }

  @Test
  void aPluginThatNamesAClassWithoutHavingItIsToldFromABug() throws IOException {
    Path broken = Files.createDirectories(folder.resolve("broken"));
    try (OutputStream out = Files.newOutputStream(broken.resolve("broken.jar"));
        JarOutputStream jar = new JarOutputStream(out)) {
      jar.putNextEntry(new JarEntry("META-INF/services/dev.lathe.runtime.plugin.CpuOperation"));
      jar.write("com.example.Missing\n".getBytes(StandardCharsets.UTF_8));
      jar.closeEntry();
    }

    assertThat(run("--plugin_dir", broken).endsWith(1).err())
        .contains("broken-plugin", "com.example.Missing");
  }
}
