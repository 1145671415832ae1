package io.tsdb.ingest.transport;

import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.ingest.protocol.ProtocolDecoder;

/// A decoder that says when it is asked to decode.
record WatchedDecoder(ProtocolDecoder decoder, Runnable watcher) implements ProtocolDecoder {
    @Override
    public void decode(byte[] buffer, int from, int to) {
        watcher.run();
        decoder.decode(buffer, from, to);
    }

    @Override
    public void begin(
            String database, Precision precision, long serverTimeNanos, DecodeLimits limits) {
        decoder.begin(database, precision, serverTimeNanos, limits);
    }

    @Override
    public DecodeResult take() {
        return decoder.take();
    }

    @Override
    public void renew() {
        decoder.renew();
    }

    @Override
    public void serverTime(long serverTimeNanos) {
        decoder.serverTime(serverTimeNanos);
    }

    @Override
    public DecodeResult end() {
        return decoder.end();
    }

    @Override
    public int pendingPoints() {
        return decoder.pendingPoints();
    }

    @Override
    public long pendingBytes() {
        return decoder.pendingBytes();
    }

    @Override
    public long carriedBytes() {
        return decoder.carriedBytes();
    }

    @Override
    public void close() {
        decoder.close();
    }
}
