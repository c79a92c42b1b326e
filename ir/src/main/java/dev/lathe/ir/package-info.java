/// The graph that passes rewrite: values, ops, types, their text form, and the builder with which a
/// model is defined.
///
/// An op is a record: components of type `Value`, `Optional<Value>` or `List<Value>` are its
/// operands, all others its attributes. Everything else about an op that is mechanical (printing,
/// parsing, cloning with other operands) is derived from that by [dev.lathe.ir.OpSchema].
///
/// Invariants: a graph is immutable, its nodes are in topological order, a value is defined once
/// and has the type that [dev.lathe.ir.TypeInference] gives. KV caches are values too: an append
/// yields the cache's new state, so the order of appends and reads is plain data flow.
///
/// Must not know: files, kernels, devices, plans. Reading order: TensorType, Value, Op and its
/// families, Node, Graph, GraphBuilder, ModelBuilder.
@NullMarked
package dev.lathe.ir;

import org.jspecify.annotations.NullMarked;
