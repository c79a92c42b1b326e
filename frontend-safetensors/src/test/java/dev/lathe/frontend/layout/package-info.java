@NullMarked
package dev.lathe.frontend.layout;

import org.jspecify.annotations.NullMarked;
