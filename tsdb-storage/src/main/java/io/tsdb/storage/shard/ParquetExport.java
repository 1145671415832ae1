package io.tsdb.storage.shard;

import io.tsdb.storage.compaction.PartMerge;
import io.tsdb.storage.compaction.PartitionPlan;
import io.tsdb.storage.compaction.Tombstone;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.parquet.TimeUnit;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.schema.FieldSet;
import io.tsdb.storage.schema.MeasurementSchema;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/// Writes the rows of a measurement as plain Parquet files, each row once: `DAY/shard-N.parquet` in
/// a new directory. What a compaction does with parts, with files of one's own. One thread, once.
final class ParquetExport {
    /// Days that are written at once: each is a file with rows in memory.
    private static final int DAYS_AT_ONCE = 4;

    private final FileStore io;
    private final MeasurementSchema schema;
    private final PartConfig config;
    private final Path target;
    private long fileCount;
    private long rowCount;
    private long totalBytes;

    ParquetExport(FileStore io, MeasurementSchema schema, PartConfig config, Path target) {
        this.io = io;
        this.schema = schema;
        this.config = config;
        this.target = target;
    }

    /// @param shards everything that is to be in the files is in their parts
    ExportSummary run(List<Shard> shards, TimeRange range) throws IOException {
        if (io.exists(target)) {
            throw new IOException("nothing was exported: " + target + " exists already");
        }
        var acquired = new ArrayList<PartSet.Acquired>();
        boolean complete = false;
        try {
            for (Shard shard : shards) {
                acquired.add(shard.partSet().acquire(schema.id(), range));
            }
            PartConfig files = config.withTimeUnit(unitOf(acquired));
            io.createDirectories(target);
            for (int i = 0; i < shards.size(); i++) {
                shard(shards.get(i), acquired.get(i), files, range);
            }
            io.syncDirectory(target);
            complete = true;
        } finally {
            acquired.forEach(one -> one.parts().forEach(Part::release));
            if (!complete) {
                io.deleteTree(target);
            }
        }
        return new ExportSummary(fileCount, rowCount, totalBytes);
    }

    /// One for all files: readers take that of the first one for the others, too.
    private static TimeUnit unitOf(List<PartSet.Acquired> acquired) {
        return acquired.stream()
                        .flatMap(one -> one.parts().stream())
                        .anyMatch(part -> part.timeUnit() == TimeUnit.NANOS)
                ? TimeUnit.NANOS
                : TimeUnit.MICROS;
    }

    private void shard(Shard shard, PartSet.Acquired acquired, PartConfig files, TimeRange range)
            throws IOException {
        Path work = target.resolve(".shard-" + shard.id());
        var sequences = new AtomicLong();
        var merge =
                new PartMerge(io, work, files, shard::key, sequences::getAndIncrement, () -> {});
        var chunk = new ArrayList<PartitionPlan.Span>();
        for (Long day : days(acquired.parts(), range)) {
            chunk.add(span(day, range));
            if (chunk.size() == DAYS_AT_ONCE) {
                write(merge, acquired, chunk, work, shard.id());
                chunk.clear();
            }
        }
        write(merge, acquired, chunk, work, shard.id());
        io.deleteTree(work);
    }

    /// Days that have rows, of those before deletes; each is a pass over the parts that touch it. A
    /// block may have a row of another century.
    static TreeSet<Long> days(List<Part> parts, TimeRange range) {
        var days = new TreeSet<Long>();
        for (Part part : parts) {
            for (int block = 0; block < part.blockCount(); block++) {
                long first = Math.max(part.blockMinTime(block), range.fromNanos());
                long last = Math.min(part.blockMaxTime(block), lastOf(range));
                if (first > last) {
                    continue;
                }
                long firstDay = dayOf(first);
                long lastDay = dayOf(last);
                if (lastDay - firstDay <= 1) {
                    days.add(firstDay);
                    days.add(lastDay);
                } else {
                    addDays(part, block, range, days);
                }
            }
        }
        return days;
    }

    private static void addDays(Part part, int block, TimeRange range, TreeSet<Long> days) {
        var times = new long[part.blockPointCount(block)];
        part.block(block, FieldSet.NONE).decodeTimes(times);
        for (long time : times) {
            if (time >= range.fromNanos() && time <= lastOf(range)) {
                days.add(dayOf(time));
            }
        }
    }

    private static long dayOf(long time) {
        return Math.floorDiv(time, PartitionPlan.DAY_NANOS);
    }

    /// The end of all time is meant with.
    private static long lastOf(TimeRange range) {
        return range.toNanos() == Long.MAX_VALUE ? Long.MAX_VALUE : range.toNanos() - 1;
    }

    private static PartitionPlan.Span span(long day, TimeRange range) {
        PartitionPlan.Span whole = PartitionPlan.day(day);
        return new PartitionPlan.Span(
                whole.date(),
                Math.max(whole.fromNanos(), range.fromNanos()),
                Math.min(whole.lastNanos(), lastOf(range)));
    }

    private void write(
            PartMerge merge,
            PartSet.Acquired acquired,
            List<PartitionPlan.Span> spans,
            Path work,
            int shard)
            throws IOException {
        if (spans.isEmpty()) {
            return;
        }
        List<Part> touching =
                acquired.parts().stream()
                        .filter(
                                part ->
                                        part.summary()
                                                .overlaps(
                                                        spans.getFirst().fromNanos(),
                                                        spans.getLast().lastNanos()))
                        .toList();
        List<Tombstone> deletes =
                acquired.tombstones().stream()
                        .filter(
                                one ->
                                        touching.stream()
                                                .anyMatch(part -> one.concerns(part.summary())))
                        .toList();
        for (PartMerge.Written written : merge.run(touching, schema, spans, deletes)) {
            enter(written.summary(), work, shard);
        }
    }

    private void enter(PartSummary written, Path work, int shard) throws IOException {
        LocalDate date = written.id().date();
        Path directory = target.resolve(date.toString());
        io.createDirectories(directory);
        io.rename(written.id().parquetFile(work), directory.resolve("shard-" + shard + ".parquet"));
        io.syncDirectory(directory);
        fileCount++;
        rowCount += written.rowCount();
        totalBytes += written.parquetBytes();
    }
}
