/// The house rules that a machine can check, over the class files and over the sources.
///
/// Every rule comes with a class in `planted` that breaks it, so that a rule which no longer bites
/// is found. Reading order: [dev.lathe.tests.architecture.HouseRule], the `*Rules` classes, then
/// [dev.lathe.tests.architecture.SourceTree].
@NullMarked
package dev.lathe.tests.architecture;

import org.jspecify.annotations.NullMarked;
