/// Where a new model family plugs in: [dev.lathe.frontend.spi.ModelImporter], found by
/// `java.util.ServiceLoader`. Knows nothing of the families that are built in.
@NullMarked
package dev.lathe.frontend.spi;

import org.jspecify.annotations.NullMarked;
