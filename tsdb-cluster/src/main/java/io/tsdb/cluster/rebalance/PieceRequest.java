package io.tsdb.cluster.rebalance;

import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.part.PartSummary;

import java.net.ProtocolException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Bytes of a part that another member is asked for. The part is named by what it holds, since each
/// member numbers its parts by itself. Bytes: `docs/protocol/data-port.md#read`.
///
/// @param parquetBytes, parquetCrc of the whole Parquet file
/// @param length at most [#LENGTH_MAX]
record PieceRequest(
        MeasurementId measurement, long parquetBytes, int parquetCrc, long offset, int length) {
    static final int LENGTH_MAX = 1 << 20;

    private static final int BYTES = 4 * Integer.BYTES + 2 * Long.BYTES;

    PieceRequest {
        if (parquetBytes < 0 || length < 0 || length > LENGTH_MAX || offset < 0) {
            throw new IllegalArgumentException(
                    "%d bytes at %d of a file of %d".formatted(length, offset, parquetBytes));
        }
    }

    /// The next bytes of a part.
    static PieceRequest of(PartSummary part, long offset) {
        return new PieceRequest(
                part.id().measurement(),
                part.parquetBytes(),
                part.parquetCrc(),
                offset,
                (int) Math.min(LENGTH_MAX, part.parquetBytes() - offset));
    }

    byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(measurement.database())
                .putInt(measurement.measurement())
                .putLong(parquetBytes)
                .putInt(parquetCrc)
                .putLong(offset)
                .putInt(length)
                .array();
    }

    /// @throws ProtocolException when the bytes are no request
    static PieceRequest of(byte[] bytes) throws ProtocolException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length != BYTES) {
            throw new ProtocolException("a request for a piece of " + bytes.length + " bytes");
        }
        try {
            return new PieceRequest(
                    new MeasurementId(in.getInt(), in.getInt()),
                    in.getLong(),
                    in.getInt(),
                    in.getLong(),
                    in.getInt());
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new ProtocolException("no request for a piece: " + e);
        }
    }
}
