/// Reports: as a table, as JSON, and as one HTML page that needs nothing from elsewhere.
///
/// In: [io.tsdb.loadgen.load.LoadReport]s and tables. Out: text. Pure.
@NullMarked
package io.tsdb.loadgen.report;

import org.jspecify.annotations.NullMarked;
