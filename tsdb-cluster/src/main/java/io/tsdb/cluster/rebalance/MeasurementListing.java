package io.tsdb.cluster.rebalance;

import io.tsdb.storage.compaction.Tombstone;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.shard.ReplicaParts;

import java.net.ProtocolException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;

/// What a member says of its parts of one measurement, with what is needed to have them elsewhere.
/// Bytes: `docs/protocol/data-port.md#listed`.
final class MeasurementListing {
    /// Of a request: the parts of the measurement that follows are meant.
    static final byte OF_MEASUREMENT = 2;

    private static final int REQUEST_BYTES = 1 + 2 * Integer.BYTES;
    private static final int DELETE_BYTES = 3 * Long.BYTES + Integer.BYTES;

    private MeasurementListing() {}

    static byte[] request(MeasurementId measurement) {
        return ByteBuffer.allocate(REQUEST_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(OF_MEASUREMENT)
                .putInt(measurement.database())
                .putInt(measurement.measurement())
                .array();
    }

    static MeasurementId measurement(byte[] request) throws ProtocolException {
        if (request.length != REQUEST_BYTES) {
            throw new ProtocolException("a request of " + request.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN);
        in.get();
        return new MeasurementId(in.getInt(), in.getInt());
    }

    static byte[] toBytes(ReplicaParts.OfMeasurement listing) {
        List<byte[]> rows = listing.deletes().stream().map(one -> one.rows().toBytes()).toList();
        int size = Long.BYTES + 2 * Integer.BYTES;
        size += listing.parts().size() * PartListing.PART_BYTES;
        size += rows.stream().mapToInt(one -> DELETE_BYTES + one.length).sum();
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(listing.position()).putInt(listing.parts().size());
        listing.parts().forEach(part -> PartListing.put(out, part));
        out.putInt(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            Tombstone one = listing.deletes().get(i);
            out.putLong(one.index()).putLong(one.upTo()).putLong(one.writtenSeconds());
            out.putInt(rows.get(i).length).put(rows.get(i));
        }
        return out.array();
    }

    /// @throws ProtocolException when the bytes are no listing
    static ReplicaParts.OfMeasurement of(MeasurementId measurement, byte[] bytes)
            throws ProtocolException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            long position = in.getLong();
            int count = in.getInt();
            if (count < 0 || count > in.remaining() / PartListing.PART_BYTES) {
                throw new ProtocolException(count + " parts in " + bytes.length + " bytes");
            }
            var parts = new ArrayList<PartSummary>();
            for (int i = 0; i < count; i++) {
                PartSummary part = PartListing.part(in);
                if (!part.id().measurement().equals(measurement)) {
                    throw new ProtocolException("part " + part.id() + " is another measurement's");
                }
                parts.add(part);
            }
            var deletes = new ArrayList<Tombstone>();
            int deleteCount = in.getInt();
            for (int i = 0; i < deleteCount; i++) {
                deletes.add(delete(measurement, in));
            }
            if (in.hasRemaining()) {
                throw new ProtocolException(in.remaining() + " bytes follow the listing");
            }
            return new ReplicaParts.OfMeasurement(position, parts, deletes);
        } catch (BufferUnderflowException | IllegalArgumentException | DateTimeException e) {
            throw new ProtocolException("no listing of a measurement's parts: " + e);
        }
    }

    private static Tombstone delete(MeasurementId measurement, ByteBuffer in) {
        long index = in.getLong();
        long upTo = in.getLong();
        long writtenSeconds = in.getLong();
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("deleted rows of " + length + " bytes");
        }
        byte[] rows = new byte[length];
        in.get(rows);
        return new Tombstone(measurement, index, upTo, writtenSeconds, DeletedRows.of(rows));
    }
}
