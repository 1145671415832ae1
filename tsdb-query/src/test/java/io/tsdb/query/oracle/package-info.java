/// DuckDB as the judge of query results: random points and random queries from a seed, the same to
/// a target and to DuckDB, rows compared.
///
/// In: an [OracleTarget], which may be shards in memory or real ones. Out: an assertion that names
/// the seed and the query.
@NullMarked
package io.tsdb.query.oracle;

import org.jspecify.annotations.NullMarked;
