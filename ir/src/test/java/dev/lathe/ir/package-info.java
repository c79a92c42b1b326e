/// Tests of the graph.
@NullMarked
package dev.lathe.ir;

import org.jspecify.annotations.NullMarked;
