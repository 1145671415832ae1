package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartSummary;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/// What a shard has on disk: its parts, and the log index up to which they hold everything.
/// Replaced whole at each flush.
///
/// Bytes: `docs/format/manifest.md`.
///
/// @param logIndex entries up to this one are in the parts
/// @param seriesMark state of the series log at that index
///   ([io.tsdb.storage.series.SeriesRegistry#mark])
/// @param nextSequence number of the next part
/// @param parts by sequence
record Manifest(long logIndex, long seriesMark, long nextSequence, List<PartSummary> parts) {
    static final String FILE = "manifest";
    static final String MAGIC = "TSDBMANI";
    static final int VERSION = 1;

    private static final int FIXED_BYTES = 28;
    private static final int PART_FIXED_BYTES = 64;

    Manifest {
        parts = List.copyOf(parts);
    }

    static Manifest empty() {
        return new Manifest(0, 0, 1, List.of());
    }

    /// The manifest of a shard, empty when it never flushed.
    static Manifest load(FileStore io, Path shardDirectory) throws IOException {
        Path file = shardDirectory.resolve(FILE);
        if (!io.exists(file)) {
            return empty();
        }
        return decode(FramedFile.read(io, file, MAGIC, VERSION), file.toString());
    }

    void store(FileStore io, Path shardDirectory) throws IOException {
        FramedFile.write(io, shardDirectory.resolve(FILE), MAGIC, VERSION, encode());
    }

    byte[] encode() {
        int size = FIXED_BYTES;
        for (PartSummary part : parts) {
            size += PART_FIXED_BYTES + 4;
            size += 3 * (part.id().database().length() + part.id().measurement().length());
        }
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(logIndex).putLong(seriesMark).putLong(nextSequence).putInt(parts.size());
        for (PartSummary part : parts) {
            put(out, part.id().database());
            put(out, part.id().measurement());
            out.putInt((int) part.id().date().toEpochDay()).putLong(part.id().sequence());
            out.putLong(part.rowCount()).putLong(part.minTime()).putLong(part.maxTime());
            out.putLong(part.parquetBytes()).putLong(part.indexBytes());
            out.putInt(part.parquetCrc()).putInt(part.indexCrc());
        }
        byte[] body = new byte[out.position()];
        out.flip();
        out.get(body);
        return body;
    }

    static Manifest decode(byte[] body, String path) {
        ByteBuffer in = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
        try {
            long logIndex = in.getLong();
            long seriesMark = in.getLong();
            long nextSequence = in.getLong();
            int partCount = in.getInt();
            var parts = new ArrayList<PartSummary>();
            for (int i = 0; i < partCount; i++) {
                String database = text(in);
                String measurement = text(in);
                LocalDate date = LocalDate.ofEpochDay(in.getInt());
                var id = new PartId(database, measurement, date, in.getLong());
                parts.add(
                        new PartSummary(
                                id,
                                in.getLong(),
                                in.getLong(),
                                in.getLong(),
                                in.getLong(),
                                in.getLong(),
                                in.getInt(),
                                in.getInt()));
            }
            return new Manifest(logIndex, seriesMark, nextSequence, parts);
        } catch (BufferUnderflowException e) {
            throw new CorruptDataException(path, body.length, "manifest ends too early");
        }
    }

    private static void put(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putShort((short) bytes.length).put(bytes);
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[in.getShort() & 0xFFFF];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
