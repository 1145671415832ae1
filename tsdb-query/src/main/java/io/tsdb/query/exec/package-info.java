/// Runs statements: plans them, has fragments run at the shards, merges what they hand back, and
/// streams the rows.
///
/// In: a statement, or a plan ([PlannedQuery]) of another language or node, and the [Session] that
/// a front end makes for it. Out: a [QueryResult] to the result writers. [QueryEngine] is used by
/// any thread; a [QueryResult] by one. No wall clock is read: the time comes from the clock that
/// the node passes in. The dialect: `docs/sql.md`.
@NullMarked
package io.tsdb.query.exec;

import org.jspecify.annotations.NullMarked;
