package io.tsdb.cluster.rebalance;

import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartOrigin;
import io.tsdb.storage.part.PartSummary;

import java.net.ProtocolException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/// What a member says of its parts of a shard. Bytes: `docs/protocol/data-port.md#listed`.
///
/// @param logIndex entries up to this one are in the parts
/// @param mended what was damaged there and is whole again, a line each
/// @param damaged what is damaged there
record PartListing(
        long logIndex, List<PartSummary> parts, List<String> mended, List<String> damaged) {
    /// Of a request: the member is to read all its parts first, and mend those that are damaged.
    static final byte MENDS = 1;

    static final int PART_BYTES = 3 * Integer.BYTES + 10 * Long.BYTES + 2 * Integer.BYTES;
    private static final int TEXTS_MAX = 1_000;
    private static final int TEXT_BYTES_MAX = 2_000;

    PartListing {
        parts = List.copyOf(parts);
        mended = List.copyOf(mended);
        damaged = List.copyOf(damaged);
    }

    byte[] toBytes() {
        List<byte[]> first = texts(mended);
        List<byte[]> second = texts(damaged);
        int size = Long.BYTES + Integer.BYTES + parts.size() * PART_BYTES;
        size += bytes(first) + bytes(second);
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(logIndex).putInt(parts.size());
        for (PartSummary part : parts) {
            put(out, part);
        }
        put(out, first);
        put(out, second);
        return out.array();
    }

    private static List<byte[]> texts(List<String> all) {
        return all.stream()
                .limit(TEXTS_MAX)
                .map(text -> text.substring(0, Math.min(text.length(), TEXT_BYTES_MAX / 3)))
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    private static int bytes(List<byte[]> texts) {
        return Integer.BYTES + texts.stream().mapToInt(one -> Short.BYTES + one.length).sum();
    }

    private static void put(ByteBuffer out, List<byte[]> texts) {
        out.putInt(texts.size());
        texts.forEach(one -> out.putShort((short) one.length).put(one));
    }

    static void put(ByteBuffer out, PartSummary part) {
        PartId id = part.id();
        out.putInt(id.measurement().database()).putInt(id.measurement().measurement());
        out.putInt((int) id.date().toEpochDay()).putLong(id.sequence());
        PartOrigin origin = part.origin();
        out.putLong(origin.firstIndex()).putLong(origin.lastIndex());
        out.putLong(origin.deletesTo()).putLong(origin.writtenSeconds());
        out.putLong(part.rowCount()).putLong(part.minTime()).putLong(part.maxTime());
        out.putLong(part.parquetBytes()).putLong(part.indexBytes());
        out.putInt(part.parquetCrc()).putInt(part.indexCrc());
    }

    /// @throws ProtocolException when the bytes are no listing
    static PartListing of(byte[] bytes) throws ProtocolException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            long logIndex = in.getLong();
            int count = in.getInt();
            if (count < 0 || count > in.remaining() / PART_BYTES) {
                throw new ProtocolException(count + " parts in " + bytes.length + " bytes");
            }
            var parts = new ArrayList<PartSummary>();
            for (int i = 0; i < count; i++) {
                parts.add(part(in));
            }
            List<String> mended = texts(in);
            List<String> damaged = texts(in);
            if (in.hasRemaining()) {
                throw new ProtocolException(in.remaining() + " bytes follow the listing");
            }
            return new PartListing(logIndex, parts, mended, damaged);
        } catch (BufferUnderflowException | IllegalArgumentException | DateTimeException e) {
            throw new ProtocolException("no listing of parts: " + e);
        }
    }

    static PartSummary part(ByteBuffer in) {
        var measurement = new MeasurementId(in.getInt(), in.getInt());
        var id = new PartId(measurement, LocalDate.ofEpochDay(in.getInt()), in.getLong());
        var origin = new PartOrigin(in.getLong(), in.getLong(), in.getLong(), in.getLong());
        return new PartSummary(
                id,
                origin,
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getInt(),
                in.getInt());
    }

    private static List<String> texts(ByteBuffer in) throws ProtocolException {
        int count = in.getInt();
        if (count < 0 || count > TEXTS_MAX) {
            throw new ProtocolException(count + " texts");
        }
        var texts = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            byte[] utf8 = new byte[in.getShort() & 0xFFFF];
            in.get(utf8);
            texts.add(new String(utf8, StandardCharsets.UTF_8));
        }
        return texts;
    }
}
