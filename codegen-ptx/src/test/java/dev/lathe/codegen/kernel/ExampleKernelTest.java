package dev.lathe.codegen.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.codegen.catalog.PtxKernelCatalog;
import dev.lathe.codegen.catalog.PtxKernelCatalog.Candidate;
import dev.lathe.codegen.link.PtxasAssembler;
import dev.lathe.codegen.ptx.isa.Target;
import dev.lathe.engine.type.DType;
import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Ref;
import dev.lathe.engine.v1.StepOp;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The kernel of `examples/custom-model` in the simulator. It is compiled here, as plugins are not
/// part of this build.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExampleKernelTest {
  private static final String TEMPLATE = "com.example.counting.SquaredReluKernel";

  private PtxKernelCatalog catalog = new PtxKernelCatalog(List.of());

  @BeforeAll
  void compile(@TempDir Path classes) throws Exception {
    Path source =
        Path.of(System.getProperty("lathe.root", ".."))
            .resolve("examples/custom-model/src/main/java")
            .resolve(TEMPLATE.replace('.', '/') + ".java");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var output = new StringWriter();
    List<String> options =
        List.of(
            "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiles =
          compiler
              .getTask(output, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertThat(compiles).as(output.toString()).isTrue();
    }
    try (var loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      var template = loader.loadClass(TEMPLATE).getConstructor().newInstance();
      catalog = new PtxKernelCatalog(List.of((KernelTemplate<?, ?, ?>) template));
      // Classes are loaded while the loader is open.
      assertThat(candidates(new Case("bf16", 1, 8, 1))).isNotEmpty();
      candidates(new Case("bf16", 1, 8, 1)).forEach(Candidate::lower);
    }
  }

  /// A step on random operands, the first three of which are not: NaN, infinity, zero.
  private static final class Case {
    final StepBench bench = new StepBench();
    final Ref in;
    final Ref out;
    final StepOp.Custom op;

    Case(String dtype, long rows, int width, long maxTokens) {
      bench.sizes(rows, 1, 1).maxTokens(maxTokens).target("sm_90a");
      DType type = DType.parse(dtype);
      in = bench.addRandom("in", type, SizeExpr.TOKENS, SizeExpr.of(width));
      out = bench.add("out", type, SizeExpr.TOKENS, SizeExpr.of(width));
      bench.tensor(in).floats(Float.NaN, Float.POSITIVE_INFINITY, -0f);
      op = new StepOp.Custom("example.squared_relu", List.of(in), List.of(out), Map.of());
    }
  }

  private List<Candidate> candidates(Case step) {
    return catalog.candidates(step.op, step.bench.context(), new ArrayList<>());
  }

  @ParameterizedTest
  @CsvSource({"bf16, 3, 128", "f16, 1, 4104", "f32, 5, 75", "bf16, 2, 2050"})
  void everyConfigurationSquaresWhatIsPositive(String dtype, long rows, int width) {
    Case step = new Case(dtype, rows, width, rows + 2);

    List<Candidate> candidates = candidates(step);

    assertThat(candidates).hasSize(2);
    for (Candidate candidate : candidates) {
      Map<Ref, Tensor> results = step.bench.run(candidate.emit());
      Tensor out = Objects.requireNonNull(results.get(step.out));
      assertThat(IntStream.range(0, out.elements()).mapToObj(out::get).toList())
          .as(candidate.config())
          .isEqualTo(expected(step));
    }
  }

  private static List<Float> expected(Case step) {
    Tensor in = step.bench.tensor(step.in);
    Tensor out = in.copy();
    for (int i = 0; i < in.elements(); i++) {
      out.set(i, in.get(i) > 0 ? in.get(i) * in.get(i) : 0);
    }
    return IntStream.range(0, out.elements()).mapToObj(out::get).toList();
  }

  @Test
  void theKernelsAreAssembledForHopperWithoutSpills() {
    Optional<PtxasAssembler> assembler = PtxasAssembler.find("ptxas");
    assumeTrue(assembler.isPresent(), "there is no ptxas");

    for (Candidate candidate : candidates(new Case("bf16", 4, 4096, 4))) {
      candidate.lower().kernels().stream()
          .map(kernel -> assembler.get().assemble(kernel.ptx(), Target.SM_90A).withoutSpills())
          .forEach(assembly -> assertThat(assembly.cubin()).isNotEmpty());
    }
  }
}
