/// The examples of the folder `examples`, compiled and run as their users do.
@NullMarked
package dev.lathe.tests.example;

import org.jspecify.annotations.NullMarked;
