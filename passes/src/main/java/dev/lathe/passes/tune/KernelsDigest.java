package dev.lathe.passes.tune;

import dev.lathe.engine.type.SizeExpr;
import dev.lathe.engine.v1.Launch;
import dev.lathe.passes.select.Lowering;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/// A digest of everything that times of contenders depend on besides the problem: templates,
/// configurations, the texts of their kernels, and how they are launched. Names of operands do not
/// enter, nor do those of kernels, which say no more than their texts.
final class KernelsDigest {
  private static final int BYTES = 8;
  private static final Pattern SYMBOL = Pattern.compile("[A-Z]");

  private final MessageDigest digest;

  private KernelsDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// 16 hexadecimal digits.
  static String of(List<Contender> contenders) {
    KernelsDigest sum = new KernelsDigest();
    contenders.forEach(sum::add);
    return HexFormat.of().formatHex(sum.digest.digest(), 0, BYTES);
  }

  private void add(Contender contender) {
    add(contender.candidate().template());
    add(contender.candidate().config());
    Lowering lowering = contender.lowering();
    lowering.kernels().forEach(kernel -> add(kernel.ptx()));
    for (Launch launch : lowering.launches()) {
      add(size(launch.gridX()) + "," + size(launch.gridY()) + "," + size(launch.gridZ()));
    }
    for (Lowering.Workspace buffer : lowering.workspace()) {
      add(buffer.dtype().text());
      buffer.shape().forEach(dim -> add(size(dim)));
    }
  }

  /// Whether rows are tokens or rows of logits makes no difference, see [ProblemText].
  private static String size(SizeExpr size) {
    return SYMBOL.matcher(size.text()).replaceAll("N");
  }

  /// Adds a text and its end.
  private void add(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }
}
