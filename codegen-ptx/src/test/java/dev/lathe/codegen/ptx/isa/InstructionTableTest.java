package dev.lathe.codegen.ptx.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Operand.Vector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstructionTableTest {
  @TempDir Path directory;

  @Test
  void everyRowIsAcceptedByTheAssemblerForTheLeastTargetItNames() throws Exception {
    assumeTrue(hasPtxas(), "ptxas is not on the PATH: the table is not checked");
    Map<Since, List<Opcode>> groups =
        Isa.forms().stream()
            .flatMap(form -> form.opcodes().stream())
            .filter(InstructionTableTest::isRepresentative)
            .collect(Collectors.groupingBy(Opcode::since));
    List<String> refused = new ArrayList<>();
    for (Map.Entry<Since, List<Opcode>> group : groups.entrySet()) {
      refused.addAll(assemble(group.getKey(), group.getValue()));
    }
    assertThat(refused).isEmpty();
  }

  /// The 32 widths of wgmma come from one loop: a few stand for all.
  private static boolean isRepresentative(Opcode opcode) {
    return !opcode.has("mma_async")
        || Stream.of("n8k", "n24k", "n64k", "n256k").anyMatch(opcode.mnemonic()::contains);
  }

  @Test
  void anOperandOfTheWrongTypeIsRefusedWithTheSignature() {
    assertThatThrownBy(() -> Isa.instr("add.f32", List.of(new F32(0), new F32(1), new B32(2))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("add.f32 takes [[WRITE:f32, READ:f32, READ:f32]], not [%f0, %f1, %r2]");
  }

  @Test
  void anUnknownInstructionIsRefused() {
    assertThatThrownBy(() -> Isa.instr("add.f17", List.of()))
        .hasMessage("the instruction table has no 'add.f17'");
  }

  @Test
  void readsAndWritesOfAnInstructionFollowItsSlots() {
    Instr load =
        Isa.instr(
            "ld.shared.v2.b32",
            List.of(Vector.of(new B32(1), new B32(2)), new Address(new B32(3), 4)));
    assertThat(load.writes()).containsExactly(new B32(1), new B32(2));
    assertThat(load.reads()).containsExactly(new B32(3));
    assertThat(load.text()).isEqualTo("ld.shared.v2.b32 {%r1, %r2}, [%r3+4];");
  }

  private List<String> assemble(Since since, List<Opcode> opcodes)
      throws IOException, InterruptedException {
    Target target = new Target(since.sm(), since.architectureSpecific());
    int version = Math.max(since.ptx(), target.leastPtx());
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, ".version %d.%d\n", version / 10, version % 10));
    text.append(".target ").append(target.text()).append("\n.address_size 64\n");
    text.append(".extern .shared .align 1024 .b8 smem[];\n");
    List<Opcode> together = opcodes.stream().filter(o -> !o.has("mma_async")).toList();
    appendEntry(text, "rows", together.stream().map(InstructionTableTest::line).toList());
    List<Opcode> alone = opcodes.stream().filter(o -> o.has("mma_async")).toList();
    for (int i = 0; i < alone.size(); i++) {
      appendEntry(text, "wgmma" + i, List.of(line(alone.get(i))));
    }
    Path source = directory.resolve("rows.ptx");
    Files.writeString(source, text);
    Process process =
        new ProcessBuilder(
                "ptxas",
                "-O0",
                "-arch=" + target.text(),
                "-o",
                directory.resolve("rows.cubin").toString(),
                source.toString())
            .redirectErrorStream(true)
            .start();
    String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? List.of() : errors(log, text.toString().lines().toList());
  }

  private static void appendEntry(StringBuilder text, String name, List<String> lines) {
    text.append(".visible .entry ").append(name).append("(.param .u64 a)\n");
    text.append(".reqntid 128,1,1\n.minnctapersm 1\n{\n");
    text.append(".reg .pred %p<4>; .reg .b16 %h<8>; .reg .b32 %r<160>; .reg .b64 %d<8>;\n");
    text.append(".reg .f32 %f<160>;\n");
    lines.forEach(line -> text.append(line).append('\n'));
    text.append("}\n");
  }

  /// Each error with the source line that it is about, ten at most.
  private static List<String> errors(String log, List<String> source) {
    Pattern place = Pattern.compile("line (\\d+); error *: (.*)");
    Stream<String> placed =
        log.lines()
            .map(place::matcher)
            .filter(Matcher::find)
            .map(error -> source.get(Integer.parseInt(error.group(1)) - 1) + " " + error.group(2));
    return Stream.concat(placed.limit(10), Stream.of("refused: " + log.lines().toList())).toList();
  }

  private static String line(Opcode opcode) {
    List<Operand> operands = new ArrayList<>();
    for (int i = 0; i < opcode.slots().size(); i++) {
      operands.add(operand(opcode, opcode.slots().get(i), i));
    }
    return new Instr(opcode, operands, Optional.empty()).text();
  }

  private static Operand operand(Opcode opcode, Slot slot, int position) {
    if (slot.count() > 0) {
      return new Vector(
          IntStream.range(0, slot.count()).mapToObj(i -> register(slot.type(), i)).toList());
    }
    return switch (slot.kind()) {
      case WRITE, READ, READ_REGISTER, UPDATE -> register(slot.type(), position);
      case CONSTANT -> Operand.imm(constant(opcode, position));
      case GLOBAL -> new Address(new B64(1), 16);
      case SHARED -> new Address(new B32(1), 16);
      case PARAMETER -> new Address(new Operand.Symbol("a"), 0);
      case TENSOR -> new Operand.TensorAddress(new B64(2), coordinates(opcode));
      case SINK -> new Operand.Sink();
      case WRITE_PAIR -> new Operand.Pair(new B32(0), new Pred(0));
    };
  }

  private static List<B32> coordinates(Opcode opcode) {
    int rank = IntStream.rangeClosed(1, 5).filter(r -> opcode.has(r + "d")).findFirst().orElse(1);
    return IntStream.range(0, rank).mapToObj(B32::new).toList();
  }

  private static Reg register(PtxType type, int index) {
    return switch (type) {
      case PRED -> new Pred(index % 4);
      case B8, U8, S8, B16, U16, S16, F16, BF16 -> new B16(index);
      case B32, U32, S32, F16X2, BF16X2 -> new B32(index);
      case F32 -> new F32(index);
      case B64, U64, S64 -> new B64(index);
    };
  }

  /// A value that is legal where the instruction takes a constant.
  private static long constant(Opcode opcode, int position) {
    return switch (opcode.stem()) {
      case "bar" -> position == 0 ? 1 : 64;
      case "setmaxnreg" -> 128;
      case "cp" -> opcode.has("cg") || opcode.has("ca") ? 16 : 0;
      case "discard", "applypriority" -> 128;
      case "lop3" -> 0x96;
      default -> 1;
    };
  }

  private static boolean hasPtxas() throws InterruptedException {
    try {
      return new ProcessBuilder("ptxas", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
