/// Workloads: who sends (devices, tags), what (fields and how they move) and when, all from one
/// seed.
///
/// In: a [StreamConfig]. Out: line protocol bytes ([LaneStream]) for `load`, or the bare values
/// ([SeriesWalk]) for `verify` and `query`, which so know what a server must hold without asking
/// it. A series' values depend on seed, series and step only, never on the number of connections;
/// so any part of a run can be made again alone. Threads: each [LaneStream] and [SeriesWalk]
/// belongs to one thread; the rest is immutable. Spec: shapes, ranges and disorder rates follow the
/// TSBS use cases (devops, cpu-only, iot).
@NullMarked
package io.tsdb.loadgen.workload;

import org.jspecify.annotations.NullMarked;
