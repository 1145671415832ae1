/// Query endpoints: `/api/v1/sql`, and of `/query` what InfluxDB clients need to create and list
/// databases.
///
/// In: HTTP objects of one request at a time, from the pipeline that the node composes; requests
/// for other paths are passed on. Out: answers, streamed while the query runs, as fast as the
/// client reads. Handlers run on their event loop, queries on the executor they are given. Spec:
/// `docs/http-api.md`.
@NullMarked
package io.tsdb.query.http;

import org.jspecify.annotations.NullMarked;
