package io.tsdb.cluster.read;

import io.tsdb.storage.scan.ScanSource;

/// A shard of this node with its number in the cluster.
record NumberedShard(int number, ScanSource source) {}
