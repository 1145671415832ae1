package io.tsdb.query.memory;

import io.tsdb.storage.scan.ScanSource;
import io.tsdb.storage.schema.Catalog;

import java.util.List;

/// The stand-in for shards keeps what shards keep.
class MemoryCursorTest extends AbstractBlockCursorTest {
    @Override
    protected ScanSource source(List<TestPoint> points) {
        var shard = new MemoryShard(new Catalog(), DATABASE, new MemoryShard.Layout(3, 700, false));
        shard.add(points);
        return shard;
    }
}
