package dev.lathe.codegen.kernel.rope;

import dev.lathe.codegen.kernel.rope.RopeAppendProblem.NormSpan;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.engine.v1.StepOp.Heads;
import java.util.ArrayList;
import java.util.List;

/// Emits the split of the merged projection: a warp has some neighbouring heads of a token, all of
/// queries, of keys or of values, each as [HeadChunks] says. Queries and keys are normalised
/// ([HeadNorm]) and rotated ([HeadRotation]).
final class RopeAppendBody {
  static final int WARPS = 4;

  private final KernelBuilder k;
  private final RopeAppendProblem problem;
  private final B64 qkv;
  private final B64 positions;
  private final B64 slots;
  private final B64 table;
  private final B64 queryNorm;
  private final B64 keyNorm;
  private final B64 keys;
  private final B64 values;
  private final B64 query;
  private final B32 tokens;
  private final B32 lane;

  RopeAppendBody(KernelBuilder k, RopeAppendProblem problem) {
    this.k = k;
    this.problem = problem;
    this.qkv = k.pointer("qkv");
    this.slots = k.pointer("slots");
    this.keys = k.pointer("keys");
    this.values = k.pointer("values");
    this.query = k.pointer("query");
    this.positions = problem.rotaryDim() > 0 ? k.pointer("positions") : qkv;
    this.table = problem.rotaryDim() > 0 ? k.pointer("table") : qkv;
    this.queryNorm = problem.queryNorm() != NormSpan.NONE ? k.pointer("query_norm") : qkv;
    this.keyNorm = problem.keyNorm() != NormSpan.NONE ? k.pointer("key_norm") : qkv;
    this.tokens = k.size("tokens");
    this.lane = k.laneIndex();
  }

  void emit() {
    k.startSuccessor();
    Heads heads = problem.heads();
    int warpsOfToken = problem.allHeads() / problem.headsOfWarp();
    B32 warp = k.mad(k.blockX(), WARPS, k.warpIndex());
    B32 token = k.div(warp, warpsOfToken);
    B32 head = k.mul(k.rem(warp, warpsOfToken), problem.headsOfWarp());
    B32 index = k.mul(warp, problem.headsOfWarp());
    B64 source = k.madWide(index, problem.headBytes(), qkv);
    HeadChunks chunks = new HeadChunks(k, problem, lane);
    k.waitForPredecessor();
    k.exitIf(k.ge(token, tokens));
    B32 slot = at(slots, token);
    B32 position = problem.rotaryDim() == 0 ? slot : at(positions, token);
    HeadNorm norm = new HeadNorm(k, problem, chunks, qkv, index, lane);
    HeadRotation rotation = new HeadRotation(k, problem, chunks, table, position);
    List<List<F32>> x = new ArrayList<>();
    for (int i = 0; i < problem.headsOfWarp(); i++) {
      x.add(chunks.load(k.add(source, (long) i * problem.headBytes())));
    }
    B32 kvHead = k.sub(head, heads.query());
    k.ifElse(
        k.lt(head, heads.query()),
        () -> {
          var part = new HeadNorm.Part(problem.queryNorm(), queryNorm, head, heads.query());
          List<List<F32>> rotated = rotation.apply(norm.apply(x, part));
          B64 row = k.madWide(k.mad(token, heads.query(), head), problem.headBytes(), query);
          store(chunks, row, problem.headBytes(), rotated);
        },
        () ->
            k.ifElse(
                k.lt(kvHead, heads.keyValue()),
                () -> {
                  var part =
                      new HeadNorm.Part(problem.keyNorm(), keyNorm, kvHead, heads.keyValue());
                  List<List<F32>> rotated = rotation.apply(norm.apply(x, part));
                  append(slot, kvHead, keys, chunks, rotated);
                },
                () -> append(slot, k.sub(kvHead, heads.keyValue()), values, chunks, x)));
  }

  private B32 at(B64 perToken, B32 token) {
    return k.loadB32(k.at(k.madWide(token, Integer.BYTES, perToken)));
  }

  /// Writes heads to their places in the cache; tokens without a slot are padding.
  private void append(B32 slot, B32 head, B64 cache, HeadChunks chunks, List<List<F32>> x) {
    k.ifThen(
        k.ge(slot, 0),
        () -> {
          int size = problem.tokensPerBlock();
          B32 block = k.div(slot, size);
          B32 page = k.mad(block, problem.heads().keyValue(), head);
          B64 pageStart = k.madWide(page, size * problem.headBytes(), cache);
          B64 row = k.madWide(k.rem(slot, size), problem.headBytes(), pageStart);
          store(chunks, row, size * problem.headBytes(), x);
        });
  }

  /// @param step bytes from one head to the next
  private void store(HeadChunks chunks, B64 first, int step, List<List<F32>> x) {
    for (int i = 0; i < x.size(); i++) {
      chunks.store(k.add(first, (long) i * step), x.get(i));
    }
  }
}
