package dev.lathe.tests.architecture;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// A class takes no part in a cycle of packages.
///
/// Packages that nothing sees, or that see nothing, are taken away until none is left to take. What
/// then remains lies on cycles or between them. (ArchUnit's own slices were tried: with two cycles
/// it reported only one, depending on the names.)
final class NotInAPackageCycle extends ArchCondition<JavaClass> {
  private final Map<String, Set<String>> knots = new HashMap<>();

  NotInAPackageCycle() {
    super("not take part in a cycle of packages");
  }

  @Override
  public void init(Collection<JavaClass> classes) {
    Set<String> packages = classes.stream().map(JavaClass::getPackageName).collect(toSet());
    knots.clear();
    knots.putAll(
        classes.stream()
            .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
            .filter(seen -> !from(seen).equals(to(seen)) && packages.contains(to(seen)))
            .collect(
                groupingBy(NotInAPackageCycle::from, mapping(NotInAPackageCycle::to, toSet()))));
    while (takeAwayEnds()) {}
  }

  /// Whether there was a package to take away.
  private boolean takeAwayEnds() {
    boolean taken = false;
    for (Set<String> seen : knots.values()) {
      taken |= seen.retainAll(knots.keySet());
    }
    Set<String> anyoneSees = knots.values().stream().flatMap(Set::stream).collect(toSet());
    return knots
            .entrySet()
            .removeIf(entry -> entry.getValue().isEmpty() || !anyoneSees.contains(entry.getKey()))
        || taken;
  }

  @Override
  public void check(JavaClass type, ConditionEvents events) {
    for (Dependency seen : type.getDirectDependenciesFromSelf()) {
      if (knots.getOrDefault(from(seen), Set.of()).contains(to(seen))) {
        events.add(SimpleConditionEvent.violated(type, seen.getDescription()));
      }
    }
  }

  private static String from(Dependency dependency) {
    return dependency.getOriginClass().getPackageName();
  }

  private static String to(Dependency dependency) {
    return dependency.getTargetClass().getPackageName();
  }
}
