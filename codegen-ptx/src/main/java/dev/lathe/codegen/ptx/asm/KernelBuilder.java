package dev.lathe.codegen.ptx.asm;

import dev.lathe.codegen.ptx.asm.Kernel.Limits;
import dev.lathe.codegen.ptx.asm.Statement.Comment;
import dev.lathe.codegen.ptx.asm.Statement.Line;
import dev.lathe.codegen.ptx.isa.B16;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Instr;
import dev.lathe.codegen.ptx.isa.Instr.Guard;
import dev.lathe.codegen.ptx.isa.Isa;
import dev.lathe.codegen.ptx.isa.Operand;
import dev.lathe.codegen.ptx.isa.Operand.Address;
import dev.lathe.codegen.ptx.isa.Operand.Symbol;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.ptx.isa.Target;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Writes one kernel. Every method that yields a register appends an instruction:
///
/// ```java
/// KernelBuilder k = new KernelBuilder("scale", Target.SM_80, 128);
/// B64 values = k.pointer("values");
/// B32 count = k.size("count");
/// B32 i = k.mad(k.blockX(), 128, k.threadIndex());
/// k.ifThen(k.ltU(i, count), () -> {
///   B64 address = k.madWide(i, 4, values);
///   k.store(k.at(address), k.mul(k.loadF32(k.at(address)), 2f));
/// });
/// String ptx = k.build().ptx();
/// ```
///
/// Parameters are declared in the order of the launch's arguments. Not thread-safe.
public final class KernelBuilder
    implements IntegerOps,
        LongOps,
        PredicateOps,
        FloatOps,
        MemoryOps,
        WarpOps,
        ClusterOps,
        AsyncOps,
        MatrixOps,
        ControlFlow {
  private final String name;
  private final Target target;
  private final int threads;
  private final List<Parameter> parameters = new ArrayList<>();
  private final SharedArena arena = new SharedArena();
  private final Deque<List<Statement>> scopes = new ArrayDeque<>();
  private Optional<Guard> guard = Optional.empty();
  private Limits limits = Limits.NONE;
  private int preds;
  private int halves;
  private int words;
  private int longs;
  private int floats;

  /// @param threads of a block, a multiple of 32, at most 1024
  public KernelBuilder(String name, Target target, int threads) {
    if (threads <= 0 || threads % 32 != 0 || threads > 1024) {
      throw new IllegalStateException(name + ": " + threads + " threads a block");
    }
    this.name = name;
    this.target = target;
    this.threads = threads;
    scopes.push(new ArrayList<>());
  }

  /// A kernel that starts while the one before it ends, lets the one after it do the same, and does
  /// nothing before all kernels before it are done. Where some work needs no predecessor, use
  /// [#startSuccessor] and [#waitForPredecessor] instead.
  public static KernelBuilder overlapping(String name, Target target, int threads) {
    KernelBuilder k = new KernelBuilder(name, target, threads);
    k.startSuccessor();
    k.waitForPredecessor();
    return k;
  }

  public Target target() {
    return target;
  }

  /// Threads of a block.
  public int threads() {
    return threads;
  }

  /// The next parameter: a global address.
  public B64 pointer(String parameter) {
    return b64("cvta.to.global.u64", b64("ld.param.u64", next(parameter, Parameter.Kind.POINTER)));
  }

  /// The next parameter: a size of the batch.
  public B32 size(String parameter) {
    return b32("ld.param.u32", next(parameter, Parameter.Kind.SIZE));
  }

  /// The next parameter: an integer constant of the launch.
  public B32 integer(String parameter) {
    return b32("ld.param.s32", next(parameter, Parameter.Kind.INT));
  }

  /// The next parameter: a float constant of the launch.
  public F32 real(String parameter) {
    return f32("ld.param.f32", next(parameter, Parameter.Kind.FLOAT));
  }

  /// The next parameter: a tensor map; its generic address, for [#copyTensor] and [#storeTensor].
  public B64 tensorMap(String parameter) {
    parameters.add(new Parameter(parameter, Parameter.Kind.TENSOR_MAP));
    return b64("cvta.param.u64", b64("mov.b64", new Symbol(parameter)));
  }

  private Address next(String parameter, Parameter.Kind kind) {
    parameters.add(new Parameter(parameter, kind));
    return new Address(new Symbol(parameter), 0);
  }

  /// A region of shared memory, for the whole life of the block.
  ///
  /// @param align a power of two
  public SharedRegion shared(String region, int bytes, int align) {
    return arena.reserve(region, bytes, align);
  }

  /// The address of a region in a register.
  public B32 addressOf(SharedRegion region) {
    B32 base = b32("mov.u32", SharedRegion.ARENA);
    return region.offset() == 0 ? base : add(base, region.offset());
  }

  /// Lets the next kernel start as soon as this one leaves room for its blocks. What that one may
  /// do before it waits is its own matter, so this may come first. Nothing before sm_90.
  public void startSuccessor() {
    if (target.sm() >= 90) {
      launchDependents();
    }
  }

  /// Waits until all kernels before this one are done and their writes can be seen: comes before
  /// the first read of what they write, and before the first write to what they read. Nothing
  /// before sm_90, where a kernel starts when its predecessor is done.
  public void waitForPredecessor() {
    if (target.sm() >= 90) {
      waitForPredecessors();
    }
  }

  /// Limits registers so that `blocks` blocks fit on one multiprocessor.
  public void blocksPerSm(int blocks) {
    limits = new Limits(OptionalInt.of(blocks), limits.maxRegisters(), limits.cluster());
  }

  /// Limits registers of a thread.
  public void maxRegisters(int registers) {
    limits = new Limits(limits.blocksPerSm(), OptionalInt.of(registers), limits.cluster());
  }

  /// Runs blocks in clusters of `blocks` along x; sm_90.
  public void cluster(int blocks) {
    limits = new Limits(limits.blocksPerSm(), limits.maxRegisters(), blocks);
  }

  @Override
  public void emit(String mnemonic, Operand... operands) {
    Instr instr = Isa.instr(mnemonic, List.of(operands));
    append(new Line(guard.map(instr::guardedBy).orElse(instr)));
  }

  /// Remarks what the following instructions are for.
  public void comment(String text) {
    append(new Comment(text));
  }

  @Override
  public void append(Statement statement) {
    if (guard.isPresent() && !(statement instanceof Line || statement instanceof Comment)) {
      throw new IllegalStateException(name + ": control flow under a guard");
    }
    scopes.element().add(statement);
  }

  @Override
  public List<Statement> scope(Runnable body) {
    scopes.push(new ArrayList<>());
    body.run();
    return scopes.pop();
  }

  @Override
  public void guarded(Guard condition, Runnable body) {
    if (guard.isPresent()) {
      throw new IllegalStateException(name + ": a guard under a guard");
    }
    guard = Optional.of(condition);
    body.run();
    guard = Optional.empty();
  }

  @Override
  public Pred newPred() {
    return new Pred(preds++);
  }

  @Override
  public B16 newB16() {
    return new B16(halves++);
  }

  @Override
  public B32 newB32() {
    return new B32(words++);
  }

  @Override
  public B64 newB64() {
    return new B64(longs++);
  }

  @Override
  public F32 newF32() {
    return new F32(floats++);
  }

  /// The finished kernel, verified.
  ///
  /// @throws IllegalStateException naming what is wrong, with the line
  public Kernel build() {
    if (scopes.size() != 1) {
      throw new IllegalStateException(name + ": built inside of a scope");
    }
    Kernel kernel =
        new Kernel(
            name,
            target,
            parameters,
            scopes.element(),
            threads,
            arena.bytes(),
            arena.alignment(),
            limits,
            List.of(preds, halves, words, longs, floats));
    new Verifier(kernel).verify();
    return kernel;
  }
}
