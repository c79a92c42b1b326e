@NullMarked
package dev.lathe.frontend.config;

import org.jspecify.annotations.NullMarked;
