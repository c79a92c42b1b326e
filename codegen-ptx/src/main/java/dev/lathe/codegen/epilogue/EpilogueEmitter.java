package dev.lathe.codegen.epilogue;

import dev.lathe.codegen.epilogue.Epilogue.Acc;
import dev.lathe.codegen.epilogue.Epilogue.Binary;
import dev.lathe.codegen.epilogue.Epilogue.Cast;
import dev.lathe.codegen.epilogue.Epilogue.GluInterleaved;
import dev.lathe.codegen.epilogue.Epilogue.RowVec;
import dev.lathe.codegen.epilogue.Epilogue.Store;
import dev.lathe.codegen.epilogue.Epilogue.Tile;
import dev.lathe.codegen.epilogue.Epilogue.Unary;
import dev.lathe.codegen.ptx.asm.KernelBuilder;
import dev.lathe.codegen.ptx.isa.B32;
import dev.lathe.codegen.ptx.isa.B64;
import dev.lathe.codegen.ptx.isa.F32;
import dev.lathe.codegen.ptx.isa.Pred;
import dev.lathe.codegen.tile.FloatFormat;
import dev.lathe.codegen.tile.StridedVectors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Emits an [Epilogue] for one sum, or for two neighbouring ones, that a thread holds.
///
/// Declares a pointer parameter for the result, then one for each [RowVec] and [Tile], in the order
/// of [Epilogue#nodes].
public final class EpilogueEmitter {
  private final KernelBuilder k;
  private final Store root;
  private final int columns;
  private final Map<String, B64> pointers = new LinkedHashMap<>();

  /// @param columns of the result
  public EpilogueEmitter(KernelBuilder k, Store root, int columns) {
    this.k = k;
    this.root = root;
    this.columns = columns;
    pointers.put(root.name(), k.pointer(root.name()));
    root.nodes().forEach(this::declare);
  }

  private void declare(Epilogue node) {
    switch (node) {
      case RowVec(String name, _) -> pointers.computeIfAbsent(name, k::pointer);
      case Tile(String name, _) -> pointers.computeIfAbsent(name, k::pointer);
      case Acc _, Unary _, Binary _, GluInterleaved _, Cast _, Store _ -> {}
    }
  }

  /// A sum and its row of the weight.
  public record Sum(F32 value, B32 row) {}

  /// What one column of the result is made of.
  ///
  /// @param up the sum that the first one gates; the first one itself if the tree does not gate
  public record Product(Sum sum, Sum up) {
    public static Product of(F32 sum, B32 row) {
      return new Product(new Sum(sum, row), new Sum(sum, row));
    }

    public static Product gated(F32 gate, B32 gateRow, F32 up, B32 upRow) {
      return new Product(new Sum(gate, gateRow), new Sum(up, upRow));
    }
  }

  /// True if a column is made of two sums, gate and up.
  public boolean gated() {
    return root.gated();
  }

  /// True if [#storePair] may be used: every even column is aligned to two elements.
  public boolean pairs() {
    return columns % 2 == 0;
  }

  /// The widest runs of neighbouring columns that one access can move, in all operands: a power of
  /// two up to 8 that divides the columns.
  public int widestRun() {
    List<FloatFormat> formats = new ArrayList<>(List.of(root.format()));
    root.nodes()
        .forEach(node -> {
          switch (node) {
            case RowVec(_, FloatFormat format) -> formats.add(format);
            case Tile(_, FloatFormat format) -> formats.add(format);
            case Acc _, Unary _, Binary _, GluInterleaved _, Cast _, Store _ -> {}
          }
        });
    return StridedVectors.vectorFor(columns, formats.toArray(FloatFormat[]::new));
  }

  /// Computes and stores one element of the result.
  public void store(B32 token, B32 column, Product product) {
    Run sums = new Run(List.of(product.sum.value), product.sum.row);
    storeRun(token, column, sums, new Run(List.of(product.up.value), product.up.row));
  }

  /// Computes and stores columns `column` and `column + 1`; column is even, and so are the rows of
  /// the first product, which the second one's follow.
  public void storePair(B32 token, B32 column, Product first, Product second) {
    Run sums = new Run(List.of(first.sum.value, second.sum.value), first.sum.row);
    Run ups = new Run(List.of(first.up.value, second.up.value), first.up.row);
    storeRun(token, column, sums, ups);
  }

  /// Sums of neighbouring rows of the weight.
  ///
  /// @param row the first one
  public record Run(List<F32> values, B32 row) {
    public Run {
      values = List.copyOf(values);
    }
  }

  /// What [#storeRun] reads besides sums, for each element of a run, loaded ahead of it.
  public record Fetched(Map<String, Supplier<List<F32>>> elements) {
    public Fetched {
      elements = Map.copyOf(elements);
    }

    /// Nothing: it is loaded when it is needed.
    public static Fetched nothing() {
      return new Fetched(Map.of());
    }
  }

  /// Begins to load what [#storeRun] will read of each [Tile], for `count` columns from here on.
  ///
  /// @param inside true if there are any
  public Fetched fetch(B32 token, B32 column, int count, Pred inside) {
    Map<String, Supplier<List<F32>>> elements = new LinkedHashMap<>();
    root.nodes()
        .forEach(node -> {
          if (node instanceof Tile(String name, FloatFormat format)) {
            B64 address = element(name, format, new Place(token, column));
            elements.put(name, format.loadAhead(k, k.at(address), count, inside));
          }
        });
    return new Fetched(elements);
  }

  /// Computes and stores as many neighbouring columns as the runs are long, a power of two up to
  /// [#widestRun] that divides `column` and the rows.
  ///
  /// @param ups what the sums gate; the sums themselves if the tree does not gate
  public void storeRun(B32 token, B32 column, Run sums, Run ups) {
    storeRun(token, column, sums, ups, Fetched.nothing());
  }

  /// [#storeRun] with what was loaded for the same place.
  public void storeRun(B32 token, B32 column, Run sums, Run ups, Fetched fetched) {
    Place place = new Place(token, column);
    List<F32> values =
        new EpilogueValue(k, operands(place, sums, ups, fetched))
            .of(root.value(), sums.values, ups.values);
    root.format().store(k, k.at(element(root.name(), root.format(), place)), values);
  }

  private record Place(B32 token, B32 column) {}

  /// Operands in global memory: runs of neighbours.
  private EpilogueValue.Operands operands(Place place, Run sums, Run ups, Fetched fetched) {
    int count = sums.values.size();
    return new EpilogueValue.Operands() {
      @Override
      public List<F32> rows(RowVec vector, boolean ofUps) {
        FloatFormat format = vector.format();
        B32 row = ofUps ? ups.row : sums.row;
        B64 address = k.madWide(row, format.bytes(), pointer(vector.name()));
        return format.load(k, k.at(address), count);
      }

      @Override
      public List<F32> elements(Tile tile) {
        Supplier<List<F32>> early = fetched.elements.get(tile.name());
        if (early != null) {
          return early.get();
        }
        B64 address = element(tile.name(), tile.format(), place);
        return tile.format().load(k, k.at(address), count);
      }
    };
  }

  private B64 element(String name, FloatFormat format, Place place) {
    B64 row = k.madWide(place.token, columns * format.bytes(), pointer(name));
    return k.madWide(place.column, format.bytes(), row);
  }

  private B64 pointer(String name) {
    B64 pointer = pointers.get(name);
    if (pointer == null) {
      throw new IllegalStateException("no parameter " + name);
    }
    return pointer;
  }
}
