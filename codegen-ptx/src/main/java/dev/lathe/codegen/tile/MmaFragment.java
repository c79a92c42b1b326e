package dev.lathe.codegen.tile;

/// Which lane holds which element in `mma.sync.m16n8k16` with 16-bit factors and float32 sums.
/// PTX ISA 9.7.14.5.8. With g = lane / 4, q = lane % 4:
///
/// * A (16 x 16, rows m, columns k): word r, half e: row g + 8 (r % 2), column 2q + e + 8 (r / 2)
/// * B (16 x 8, rows k, columns n): word r, half e: row 2q + e + 8 r, column g
/// * C and D (16 x 8, rows m, columns n): float r: row g + 8 (r / 2), column 2q + r % 2
///
/// Two C fragments of neighbouring 8 columns, rounded and packed, are an A fragment with their 16
/// columns as k: words (c0 c1), (c2 c3) of the first, then of the second.
public enum MmaFragment {
  A(16, 16, 8),
  B(16, 8, 4),
  C(16, 8, 4);

  private final int rows;
  private final int columns;
  private final int elements;

  MmaFragment(int rows, int columns, int elements) {
    this.rows = rows;
    this.columns = columns;
    this.elements = elements;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /// Elements that a lane holds; element i of A and B is half i % 2 of word i / 2.
  public int elements() {
    return elements;
  }

  /// Row of an element.
  public int row(int lane, int element) {
    int group = lane / 4;
    int pair = lane % 4;
    return switch (this) {
      case A -> group + 8 * (element / 2 % 2);
      case B -> 2 * pair + element % 2 + 8 * (element / 2);
      case C -> group + 8 * (element / 2);
    };
  }

  /// Column of an element.
  public int column(int lane, int element) {
    int group = lane / 4;
    int pair = lane % 4;
    return switch (this) {
      case A -> 2 * pair + element % 2 + 8 * (element / 4);
      case B -> group;
      case C -> 2 * pair + element % 2;
    };
  }
}
