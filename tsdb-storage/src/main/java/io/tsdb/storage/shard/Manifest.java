package io.tsdb.storage.shard;

import io.tsdb.storage.compaction.Tombstone;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartOrigin;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.scan.DeletedRows;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a shard has on disk: its parts, and the log index up to which they hold everything.
/// Replaced whole whenever a part comes or goes ([PartSet]).
///
/// Bytes: `docs/format/manifest.md`.
///
/// @param positions up to where the parts hold what was logged
/// @param seriesMark state of the series log at the newest of them, or later
///   ([io.tsdb.storage.series.SeriesRegistry#mark])
/// @param nextSequence number of the next part
/// @param parts by rank
/// @param tombstones deletes that concern some part, by index
/// @param merges cuts up to [#logIndex()] at which replicas merge, those that may not be done and
///   the newest, oldest first; none where nobody else applies the log
record Manifest(
        LogPositions positions,
        long seriesMark,
        long nextSequence,
        List<PartSummary> parts,
        List<Tombstone> tombstones,
        List<MergeMark> merges) {
    static final String FILE = "manifest";
    static final String MAGIC = "TSDBMANI";

    /// Since 3 parts are named by numbers.
    static final int VERSION_MIN = 3;

    /// Since 4 there are tombstones, since 5 measurements have positions of their own, since 6 it
    /// is said which merges may not be done.
    static final int VERSION = 6;

    Manifest {
        merges = List.copyOf(merges);
        parts = parts.stream().sorted(PartSummary.BY_RANK).toList();
        tombstones =
                tombstones.stream().sorted(Comparator.comparingLong(Tombstone::index)).toList();
    }

    static Manifest empty() {
        return new Manifest(LogPositions.at(0), 0, 1, List.of(), List.of(), List.of());
    }

    /// Log entries up to this one are in the parts, but for measurements that are behind.
    long logIndex() {
        return positions.logIndex();
    }

    /// Without what a flush that is at work has added already: a state as of one log index.
    Manifest atRest() {
        var apart = new HashMap<>(positions.apart());
        if (!apart.values().removeIf(index -> index > logIndex())) {
            return this;
        }
        List<PartSummary> kept =
                parts.stream().filter(part -> part.origin().firstIndex() <= logIndex()).toList();
        return new Manifest(
                new LogPositions(logIndex(), apart),
                seriesMark,
                nextSequence,
                kept,
                tombstones,
                merges);
    }

    /// The same with other parts.
    Manifest with(List<PartSummary> others) {
        return new Manifest(positions, seriesMark, nextSequence, others, tombstones, merges);
    }

    /// The same without a series log: it is made anew from the parts.
    Manifest withoutSeries() {
        return new Manifest(positions, 0, nextSequence, parts, tombstones, merges);
    }

    /// The manifest of a shard, empty when it never flushed.
    static Manifest load(FileStore io, Path shardDirectory) throws IOException {
        Path file = shardDirectory.resolve(FILE);
        if (!io.exists(file)) {
            return empty();
        }
        byte[] content = io.readAll(file);
        String path = file.toString();
        byte[] body = FramedFile.body(path, content, content.length, MAGIC, VERSION);
        if (content.length != body.length + FramedFile.OVERHEAD_BYTES) {
            throw new CorruptDataException(
                    path, body.length + FramedFile.OVERHEAD_BYTES, "bytes follow the end");
        }
        return decode(body, FramedFile.version(content), path);
    }

    void store(FileStore io, Path shardDirectory) throws IOException {
        FramedFile.write(io, shardDirectory.resolve(FILE), MAGIC, VERSION, encode());
    }

    byte[] encode() {
        int size = ManifestLayout.PARTS + parts.size() * ManifestLayout.PART_BYTES;
        var rows = new ArrayList<byte[]>();
        size += Integer.BYTES;
        for (Tombstone tombstone : tombstones) {
            byte[] bytes = tombstone.rows().toBytes();
            rows.add(bytes);
            size += ManifestLayout.TOMBSTONE_BYTES + bytes.length;
        }
        size += Integer.BYTES + positions.apart().size() * ManifestLayout.POSITION_BYTES;
        size += Integer.BYTES + merges.size() * ManifestLayout.MERGE_BYTES;
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(ManifestLayout.LOG_INDEX, logIndex());
        out.putLong(ManifestLayout.SERIES_MARK, seriesMark);
        out.putLong(ManifestLayout.NEXT_SEQUENCE, nextSequence);
        out.putInt(ManifestLayout.PART_COUNT, parts.size());
        out.position(ManifestLayout.PARTS);
        for (PartSummary part : parts) {
            out.putInt(part.id().measurement().database());
            out.putInt(part.id().measurement().measurement());
            out.putInt((int) part.id().date().toEpochDay()).putLong(part.id().sequence());
            out.putLong(part.rowCount()).putLong(part.minTime()).putLong(part.maxTime());
            out.putLong(part.parquetBytes()).putLong(part.indexBytes());
            out.putInt(part.parquetCrc()).putInt(part.indexCrc());
            PartOrigin origin = part.origin();
            out.putLong(origin.firstIndex()).putLong(origin.lastIndex());
            out.putLong(origin.deletesTo()).putLong(origin.writtenSeconds());
        }
        out.putInt(tombstones.size());
        for (int i = 0; i < rows.size(); i++) {
            Tombstone tombstone = tombstones.get(i);
            out.putInt(tombstone.measurement().database());
            out.putInt(tombstone.measurement().measurement());
            out.putLong(tombstone.index()).putLong(tombstone.upTo());
            out.putLong(tombstone.writtenSeconds());
            out.putInt(rows.get(i).length).put(rows.get(i));
        }
        out.putInt(positions.apart().size());
        for (Map.Entry<MeasurementId, Long> one : new TreeMap<>(positions.apart()).entrySet()) {
            out.putInt(one.getKey().database()).putInt(one.getKey().measurement());
            out.putLong(one.getValue());
        }
        out.putInt(merges.size());
        for (MergeMark merge : merges) {
            out.putLong(merge.logIndex()).putLong(merge.seconds());
        }
        return out.array();
    }

    static Manifest decode(byte[] body, int version, String path) {
        if (version < VERSION_MIN) {
            throw new CorruptDataException(
                    path,
                    0,
                    "has format version "
                            + version
                            + ", this program reads versions from "
                            + VERSION_MIN
                            + ": export the data with the program that wrote it, and import it into"
                            + " a new data directory");
        }
        try {
            ByteBuffer in = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
            int partCount = LittleEndian.getInt(body, ManifestLayout.PART_COUNT);
            in.position(ManifestLayout.PARTS);
            var parts = new ArrayList<PartSummary>();
            for (int i = 0; i < partCount; i++) {
                parts.add(part(in));
            }
            int tombstoneCount = version < 4 ? 0 : in.getInt();
            var tombstones = new ArrayList<Tombstone>();
            for (int i = 0; i < tombstoneCount; i++) {
                tombstones.add(tombstone(in));
            }
            int apartCount = version < 5 ? 0 : in.getInt();
            var apart = new HashMap<MeasurementId, Long>();
            for (int i = 0; i < apartCount; i++) {
                apart.put(new MeasurementId(in.getInt(), in.getInt()), in.getLong());
            }
            int mergeCount = version < 6 ? 0 : in.getInt();
            var merges = new ArrayList<MergeMark>();
            for (int i = 0; i < mergeCount; i++) {
                merges.add(new MergeMark(in.getLong(), in.getLong()));
            }
            if (in.hasRemaining()) {
                throw new CorruptDataException(path, in.position(), "bytes follow the end");
            }
            long logIndex = LittleEndian.getLong(body, ManifestLayout.LOG_INDEX);
            if (version < 6) {
                merges.addAll(guessed(logIndex, parts));
            }
            return new Manifest(
                    new LogPositions(logIndex, apart),
                    LittleEndian.getLong(body, ManifestLayout.SERIES_MARK),
                    LittleEndian.getLong(body, ManifestLayout.NEXT_SEQUENCE),
                    parts,
                    tombstones,
                    merges);
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new CorruptDataException(path, body.length, "manifest ends too early");
        } catch (IllegalArgumentException e) {
            throw new CorruptDataException(path, 0, "no manifest (" + e.getMessage() + ")");
        }
    }

    /// The newest cut, where nothing says when that was: about when the newest part was written, as
    /// a cut of an empty head writes none.
    static List<MergeMark> guessed(long logIndex, List<PartSummary> parts) {
        long seconds =
                parts.stream().mapToLong(part -> part.origin().writtenSeconds()).max().orElse(0);
        return seconds > 0 ? List.of(new MergeMark(logIndex, seconds)) : List.of();
    }

    private static Tombstone tombstone(ByteBuffer in) {
        var measurement = new MeasurementId(in.getInt(), in.getInt());
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

    private static PartSummary part(ByteBuffer in) {
        var measurement = new MeasurementId(in.getInt(), in.getInt());
        LocalDate date = LocalDate.ofEpochDay(in.getInt());
        var id = new PartId(measurement, date, in.getLong());
        long rowCount = in.getLong();
        long minTime = in.getLong();
        long maxTime = in.getLong();
        long parquetBytes = in.getLong();
        long indexBytes = in.getLong();
        int parquetCrc = in.getInt();
        int indexCrc = in.getInt();
        var origin = new PartOrigin(in.getLong(), in.getLong(), in.getLong(), in.getLong());
        return new PartSummary(
                id,
                origin,
                rowCount,
                minTime,
                maxTime,
                parquetBytes,
                indexBytes,
                parquetCrc,
                indexCrc);
    }
}
