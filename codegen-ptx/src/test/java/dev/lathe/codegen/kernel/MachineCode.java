package dev.lathe.codegen.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Instructions of a kernel for sm_90a, out of a cubin: an ELF file with a section `.text.<name>`,
/// 16 bytes an instruction, its operation in the low 12 bits.
final class MachineCode {
  private static final int INSTRUCTION = 16;
  private static final int OPERATION = 0xFFF;

  private final ByteBuffer text;

  /// @throws IllegalStateException if there is no such kernel
  MachineCode(byte[] cubin, String kernel) {
    ByteBuffer elf = ByteBuffer.wrap(cubin).order(ByteOrder.LITTLE_ENDIAN);
    int headers = (int) elf.getLong(0x28);
    int headerBytes = elf.getShort(0x3A);
    int names = (int) elf.getLong(headers + elf.getShort(0x3E) * headerBytes + 0x18);
    for (int i = 0; i < elf.getShort(0x3C); i++) {
      int header = headers + i * headerBytes;
      if (name(cubin, names + elf.getInt(header)).equals(".text." + kernel)) {
        int size = (int) elf.getLong(header + 0x20);
        text = elf.slice((int) elf.getLong(header + 0x18), size).order(ByteOrder.LITTLE_ENDIAN);
        return;
      }
    }
    throw new IllegalStateException("no code of " + kernel);
  }

  private static String name(byte[] cubin, int start) {
    int end = start;
    while (cubin[end] != 0) {
      end++;
    }
    return new String(cubin, start, end - start, StandardCharsets.US_ASCII);
  }

  /// Matrix products, exponentials (or other special functions) and waits for products, in the
  /// order of the text: `8 products, 1 waits, 66 exponentials`.
  String productsAndExponentials() {
    StringBuilder result = new StringBuilder();
    String last = "";
    int count = 0;
    for (int at = 0; at < text.capacity(); at += INSTRUCTION) {
      String kind = kind(text.getLong(at));
      if (!kind.isEmpty() && !kind.equals(last) && count > 0) {
        result.append(count).append(' ').append(last).append(", ");
        count = 0;
      }
      count += kind.isEmpty() ? 0 : 1;
      last = kind.isEmpty() ? last : kind;
    }
    return result.append(count).append(' ').append(last).toString();
  }

  /// Instructions that gather lanes of a warp before the next one, as the assembler inserts them
  /// where it does not know that the lanes stayed together.
  int gatherings() {
    int count = 0;
    for (int at = 0; at < text.capacity(); at += INSTRUCTION) {
      count += ((int) text.getLong(at) & OPERATION) == 0x948 ? 1 : 0;
    }
    return count;
  }

  private static String kind(long instruction) {
    return switch ((int) instruction & OPERATION) {
      case 0x9F0, 0xDF0 -> "products";
      case 0x308 -> "exponentials";
      case 0x9C5 -> (instruction >>> 47 & 1) == 1 ? "waits" : "";
      default -> "";
    };
  }
}
