/// The Java API: load an engine, open a session, submit requests, read tokens.
///
/// ```java
/// try (Engine engine = Engine.load(Path.of("engine_outputs"));
///     Session session = engine.newSession()) {
///   System.out.println(session.generate("Once upon a time").text());
/// }
/// ```
///
/// An [dev.lathe.runtime.Engine] is immutable: a verified file and a device. A
/// [dev.lathe.runtime.Session] owns weights and KV cache on that device, one driver thread and one
/// thread that makes text of tokens; any thread may submit a [dev.lathe.runtime.GenerationRequest]
/// and read its [dev.lathe.runtime.TokenStream].
///
/// Invariants: only the driver thread touches scheduler and executor; a steady decode tick
/// allocates nothing here; every stream ends exactly once. This package and those below it know
/// nothing of the compiler.
@NullMarked
package dev.lathe.runtime;

import org.jspecify.annotations.NullMarked;
