package io.tsdb.ingest.transport;

import io.tsdb.ingest.batch.AbstractPointSinkTest;
import io.tsdb.ingest.batch.PointSink;

/// The stand-in of the servers' tests, with a [io.tsdb.ingest.batch.FakePointSink] in it, keeps
/// what the real one keeps.
class ControlledPointSinkTest extends AbstractPointSinkTest {
    @Override
    protected PointSink open() {
        return new ControlledPointSink();
    }

    @Override
    protected void close(PointSink sink) {
        ((ControlledPointSink) sink).close();
    }
}
