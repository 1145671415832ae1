/// The read contract of a shard: which series match, and a cursor over their blocks, merged and cut
/// to a time range.
///
/// In: a [ScanRequest] from a query fragment. Out: a [BlockCursor], block by block, columns decoded
/// only when asked for. A [MeasurementScan] is a snapshot, used by one thread at a time and closed
/// by its opener.
@NullMarked
package io.tsdb.storage.scan;

import org.jspecify.annotations.NullMarked;
