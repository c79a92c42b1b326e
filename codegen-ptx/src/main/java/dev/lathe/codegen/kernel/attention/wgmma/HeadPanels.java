package dev.lathe.codegen.kernel.attention.wgmma;

import dev.lathe.codegen.tile.Swizzle;
import java.util.ArrayList;
import java.util.List;

/// How rows of a head's elements lie in shared memory: cut into panels of 64, 32 or 16 columns, one
/// behind the other, each row by row and swizzled over the bytes of its row. Tensor copies write
/// it, `wgmma` reads it, by rows (queries, keys) and by columns (values) alike.
///
/// @param rows of each panel, a multiple of 8
/// @param bytes of all panels, a multiple of [#ALIGNMENT]
record HeadPanels(int rows, List<Panel> panels, int bytes) {
  /// Alignment of panels: eight rows of the widest.
  static final int ALIGNMENT = 1024;

  /// Bytes of an element.
  static final int ELEMENT = 2;

  HeadPanels {
    panels = List.copyOf(panels);
  }

  /// @param headDim a multiple of 16
  static HeadPanels of(int headDim, int rows) {
    List<Panel> panels = new ArrayList<>();
    int offset = 0;
    int column = 0;
    while (column < headDim) {
      int columns = Math.min(64, Integer.highestOneBit(headDim - column));
      panels.add(new Panel(column, columns, offset));
      column += columns;
      offset = Math.ceilDiv(offset + rows * columns * ELEMENT, ALIGNMENT) * ALIGNMENT;
    }
    return new HeadPanels(rows, panels, offset);
  }

  /// The widths of panels that there are.
  List<Integer> widths() {
    return panels.stream().map(Panel::columns).distinct().toList();
  }

  /// Bytes that copies bring.
  int copiedBytes(int copiedRows) {
    return panels.stream().mapToInt(panel -> panel.rowBytes() * copiedRows).sum();
  }

  /// The panel that holds a column.
  Panel panelOf(int column) {
    return panels.stream()
        .filter(panel -> panel.column <= column && column < panel.column + panel.columns)
        .findFirst()
        .orElseThrow();
  }

  /// Panels that one product can take as its columns: all of 64 together, others alone.
  List<Span> spans() {
    List<Span> spans = new ArrayList<>();
    int wide = (int) panels.stream().filter(panel -> panel.columns == 64).count();
    if (wide > 0) {
      spans.add(new Span(panels.getFirst(), 64 * wide, rows * panels.getFirst().rowBytes()));
    }
    panels.stream()
        .skip(wide)
        .forEach(panel -> spans.add(new Span(panel, panel.columns, panel.rowBytes())));
    return spans;
  }

  /// Neighbouring columns.
  ///
  /// @param columns 64, 32 or 16
  /// @param offset first byte, a multiple of [#ALIGNMENT]
  record Panel(int column, int columns, int offset) {
    int rowBytes() {
      return columns * ELEMENT;
    }

    Swizzle swizzle() {
      return switch (columns) {
        case 64 -> Swizzle.B128;
        case 32 -> Swizzle.B64;
        default -> Swizzle.B32;
      };
    }

    /// High word of a matrix descriptor: the code of the swizzle, and the distance of groups of 8
    /// rows in units of 16 bytes. PTX ISA 9.7.15.5.1.2.2.
    int descriptorHigh() {
      int mode =
          switch (columns) {
            case 64 -> 1;
            case 32 -> 2;
            default -> 3;
          };
      return (mode << 30) | (rowBytes() / 2);
    }
  }

  /// Columns of one product.
  ///
  /// @param first of the panels
  /// @param panelBytes distance of panels
  record Span(Panel first, int columns, int panelBytes) {

    /// What a matrix descriptor has above its address: the distance of panels.
    int descriptorLeading() {
      return (panelBytes >> 4) << 16;
    }
  }
}
