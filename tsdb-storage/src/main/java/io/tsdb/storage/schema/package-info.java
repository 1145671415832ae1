/// Which databases, measurements, tag keys and fields there are, and the type each field was fixed
/// to.
///
/// In: registrations from ingest (before a batch is built) and from recovery. Out: types and names
/// to ingest, head, parts and queries. Any thread. The truth lies in the log, the series log and
/// the part indexes; this is their union in memory.
@NullMarked
package io.tsdb.storage.schema;

import org.jspecify.annotations.NullMarked;
