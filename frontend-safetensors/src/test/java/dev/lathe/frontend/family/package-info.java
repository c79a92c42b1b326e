@NullMarked
package dev.lathe.frontend.family;

import org.jspecify.annotations.NullMarked;
