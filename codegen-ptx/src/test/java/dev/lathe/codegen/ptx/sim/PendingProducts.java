package dev.lathe.codegen.ptx.sim;

import dev.lathe.codegen.ptx.isa.F32;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Matrix products (`wgmma`) that a warp began, in groups, the oldest first. Their sums are in no
/// register until they are waited for.
final class PendingProducts {

  /// One product.
  ///
  /// @param sums registers of the accumulator
  /// @param values of each register, by lane
  /// @param factors reads the factors again: they must have stayed until now
  record Product(List<F32> sums, long[][] values, Runnable factors) {}

  private final Deque<List<Product>> groups = new ArrayDeque<>(List.of(new ArrayList<>()));

  void add(Product product) {
    groups.getLast().add(product);
  }

  void commit() {
    groups.add(new ArrayList<>());
  }

  /// The values of an accumulator that is under way, if it is.
  Optional<long[][]> values(List<F32> sums) {
    return groups.stream()
        .flatMap(List::stream)
        .filter(product -> product.sums.equals(sums))
        .reduce((first, second) -> second)
        .map(Product::values);
  }

  /// Puts the sums of all but the newest `pending` closed groups into their registers.
  void await(Warp warp, int pending) {
    while (groups.size() > pending + 1) {
      for (Product product : groups.removeFirst()) {
        product.factors.run();
        for (int i = 0; i < product.sums.size(); i++) {
          System.arraycopy(product.values[i], 0, warp.values(product.sums.get(i)), 0, Warp.LANES);
        }
      }
      poison(warp);
    }
  }

  /// Registers of sums that are still under way have no sensible value.
  void poison(Warp warp) {
    for (List<Product> group : groups) {
      for (Product product : group) {
        product.sums.forEach(sum -> java.util.Arrays.fill(warp.values(sum), 0x7FC0DEADL));
      }
    }
  }

  boolean isEmpty() {
    return groups.stream().allMatch(List::isEmpty);
  }
}
