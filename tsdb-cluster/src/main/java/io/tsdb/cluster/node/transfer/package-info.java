/// Files into a node and out of it: line protocol and CSV, over HTTP.
///
/// In: files and the URL of a node. Out: batches of lines to its write endpoint, several on their
/// way at a time; or rows of a query as CSV or lines. A reader belongs to one thread, senders are
/// virtual threads. Spec: `docs/cli.md`.
@NullMarked
package io.tsdb.cluster.node.transfer;

import org.jspecify.annotations.NullMarked;
