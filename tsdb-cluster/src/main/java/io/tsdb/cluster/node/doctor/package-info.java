/// Whether a machine is fit for a node, looked at before it matters: `tsdb doctor`.
///
/// In: the files by which Linux tells about itself, a directory. Out: findings, each with what to
/// do. One thread; writes one small file, and removes it.
@NullMarked
package io.tsdb.cluster.node.doctor;

import org.jspecify.annotations.NullMarked;
