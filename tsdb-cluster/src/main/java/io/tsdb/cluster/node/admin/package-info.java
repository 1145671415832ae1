/// What administrators ask of a node over HTTP beside SQL: tokens, slow statements, the cluster,
/// the settings anew. `docs/admin-api.md`.
///
/// In: small requests of somebody who may administrate all databases. Out: JSON; acts are audited.
/// Threads: event loops gather, an executor answers.
@NullMarked
package io.tsdb.cluster.node.admin;

import org.jspecify.annotations.NullMarked;
