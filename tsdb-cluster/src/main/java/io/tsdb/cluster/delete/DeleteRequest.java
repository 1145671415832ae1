package io.tsdb.cluster.delete;

import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.query.wire.PlanReader;
import io.tsdb.query.wire.PlanWriter;
import io.tsdb.query.wire.WireException;
import io.tsdb.storage.io.LittleEndian;

import java.time.Duration;
import java.util.Arrays;

/// Which rows of a shard are to go. Bytes: `docs/protocol/data-port.md#delete`.
///
/// @param timeLeft until the statement's limit
/// @param catalogIndex up to where the catalog was applied where names were resolved
/// @param rows condition on them
record DeleteRequest(Duration timeLeft, long catalogIndex, ScanSpec rows) {
    private static final int TIME_OFFSET = 0;
    private static final int CATALOG_OFFSET = 8;
    private static final int HEADER_BYTES = 16;

    byte[] toBytes() {
        byte[] plan = PlanWriter.toBytes(new Plan.Scan(rows));
        byte[] bytes = new byte[HEADER_BYTES + plan.length];
        LittleEndian.putLong(bytes, TIME_OFFSET, timeLeft.toNanos());
        LittleEndian.putLong(bytes, CATALOG_OFFSET, catalogIndex);
        System.arraycopy(plan, 0, bytes, HEADER_BYTES, plan.length);
        return bytes;
    }

    /// @throws IllegalArgumentException when the bytes are no request
    /// @throws WireException when the condition is none that this node knows
    static DeleteRequest of(byte[] bytes) {
        if (bytes.length < HEADER_BYTES) {
            throw new IllegalArgumentException("a request of " + bytes.length + " bytes");
        }
        long nanos = LittleEndian.getLong(bytes, TIME_OFFSET);
        if (nanos < 0) {
            throw new IllegalArgumentException("a request with " + nanos + " ns left");
        }
        byte[] plan = Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length);
        if (PlanReader.plan(plan) instanceof Plan.Scan(ScanSpec rows)) {
            return new DeleteRequest(
                    Duration.ofNanos(nanos), LittleEndian.getLong(bytes, CATALOG_OFFSET), rows);
        }
        throw new IllegalArgumentException("a request whose plan is no scan");
    }
}
