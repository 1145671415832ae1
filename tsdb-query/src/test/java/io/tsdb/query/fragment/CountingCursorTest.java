package io.tsdb.query.fragment;

import io.tsdb.query.memory.AbstractBlockCursorTest;
import io.tsdb.query.memory.MemoryShard;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.ScanSource;
import io.tsdb.storage.schema.Catalog;

import java.util.List;

class CountingCursorTest extends AbstractBlockCursorTest {
    @Override
    protected ScanSource source(List<TestPoint> points) {
        var shard = new MemoryShard(new Catalog(), DATABASE, new MemoryShard.Layout(1, 1024, true));
        shard.add(points);
        return shard;
    }

    @Override
    protected BlockCursor over(BlockCursor cursor) {
        return new CountingCursor(cursor, new ScanCounts());
    }
}
