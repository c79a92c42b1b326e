/// The text form of graphs and weight expressions: what dumps show and what pass tests are written
/// in.
///
/// ```
/// graph imported {
///   input %token_ids : tensor<T x i32>
///   weight @embedding : tensor<100 x 64 x bf16> = tensor("model.embed_tokens.weight")
///   %0 = embedding %token_ids, @embedding : tensor<T x 64 x bf16> at embedding
///   return %0
/// }
/// ```
///
/// A node's line is: results, mnemonic, operands, optional operands and attributes in braces, types
/// of the results, the node's label. `//` begins a comment. Printing and parsing are inverse:
/// [dev.lathe.ir.text.IrParser] reads what [dev.lathe.ir.text.IrPrinter] writes, and printing that
/// again gives the same text. Both work from the records of the ops; no op is named here.
@NullMarked
package dev.lathe.ir.text;

import org.jspecify.annotations.NullMarked;
