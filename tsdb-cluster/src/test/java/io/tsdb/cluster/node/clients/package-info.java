/// Clients that people already have, unmodified, against a node that runs as a process: each
/// writes, and what it wrote is read back through `GET /api/v1/sql`.
@NullMarked
package io.tsdb.cluster.node.clients;

import org.jspecify.annotations.NullMarked;
