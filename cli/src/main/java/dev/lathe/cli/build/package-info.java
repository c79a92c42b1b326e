/// `trtllm-build`: a checkpoint becomes an engine directory.
///
/// Reading order: BuildOptions (what can be said), BuildRequest (what was said, checked),
/// BuildCommand, BuildSummary.
@NullMarked
package dev.lathe.cli.build;

import org.jspecify.annotations.NullMarked;
