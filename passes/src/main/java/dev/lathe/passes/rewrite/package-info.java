/// Rules and the driver that applies them.
///
/// A [dev.lathe.passes.rewrite.Rule] sees one op and, through its
/// [dev.lathe.passes.rewrite.Match], the ops that feed it; it answers with a
/// [dev.lathe.passes.rewrite.Rewrite] or not at all. The
/// [dev.lathe.passes.rewrite.RewriteDriver] owns everything else: which rule looks at which op,
/// that a value with other users is not fused away, that types stay the same, that equal ops are
/// computed once, that dead ones go, and that the whole comes to an end.
///
/// Reading order: Rule, Match, Rewrite, RuleSet, RewriteDriver, Rebuild.
@NullMarked
package dev.lathe.passes.rewrite;

import org.jspecify.annotations.NullMarked;
