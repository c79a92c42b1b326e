/// What a user asks of sampling, and the bookkeeping that follows from it.
///
/// The choice of a token itself is a step of the plan. The host says per row how logits are to be
/// changed first: [dev.lathe.runtime.sample.AdjustmentTable] counts the tokens of a sequence and
/// bans those that rules forbid. A sequence without penalties, biases or bans costs nothing here.
///
/// Reading order: [dev.lathe.runtime.sample.SamplingParameters],
/// [dev.lathe.runtime.sample.AdjustmentTable], [dev.lathe.runtime.sample.StopTokens].
@NullMarked
package dev.lathe.runtime.sample;

import org.jspecify.annotations.NullMarked;
