package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.parquet.ByteSink;
import io.tsdb.storage.parquet.ChunkPages;
import io.tsdb.storage.parquet.PageSpan;
import io.tsdb.storage.parquet.ParquetColumns;
import io.tsdb.storage.parquet.ParquetField;
import io.tsdb.storage.parquet.ParquetFile;
import io.tsdb.storage.parquet.RowGroupPages;
import io.tsdb.storage.parquet.SeriesTags;
import io.tsdb.storage.parquet.TextDictionary;
import io.tsdb.storage.parquet.TimeUnit;

import java.util.Arrays;

/// Collects what the index file says while a part is written, and encodes it. One thread; holds
/// about as many bytes as the file will have.
final class PartIndexBuilder {
    private final ParquetColumns columns;
    private final int[] fieldIndexes;
    private final SeriesTags series;
    private int[] seriesFirstBlocks = new int[64];

    private int blockCount;
    private int[] rowCounts = new int[64];
    private long[] minTimes = new long[64];
    private long[] maxTimes = new long[64];
    private final ByteSink[] statistics;
    private long rowCount;
    private long minTime = Long.MAX_VALUE;
    private long maxTime = Long.MIN_VALUE;

    /// @param fieldIndexes for each of the columns' fields the index that blocks know it by
    PartIndexBuilder(ParquetColumns columns, int[] fieldIndexes) {
        this.columns = columns;
        this.fieldIndexes = fieldIndexes;
        this.series = new SeriesTags(columns.tags());
        this.statistics = new ByteSink[fieldIndexes.length];
        Arrays.setAll(statistics, _ -> new ByteSink(256));
    }

    long rowCount() {
        return rowCount;
    }

    long minTime() {
        return minTime;
    }

    long maxTime() {
        return maxTime;
    }

    /// Blocks added from here on belong to this series.
    void series(SeriesKey key) {
        int index = series.count();
        if (index == seriesFirstBlocks.length) {
            seriesFirstBlocks = Arrays.copyOf(seriesFirstBlocks, 2 * index);
        }
        seriesFirstBlocks[index] = blockCount;
        series.add(key);
    }

    void block(Block block) {
        int index = blockCount++;
        if (index == rowCounts.length) {
            rowCounts = Arrays.copyOf(rowCounts, 2 * index);
            minTimes = Arrays.copyOf(minTimes, 2 * index);
            maxTimes = Arrays.copyOf(maxTimes, 2 * index);
        }
        rowCounts[index] = block.pointCount();
        minTimes[index] = block.minTime();
        maxTimes[index] = block.maxTime();
        var scope = new StatisticsForm.Scope(block.pointCount(), block.minTime(), block.maxTime());
        for (int field = 0; field < statistics.length; field++) {
            int column = block.columnOf(fieldIndexes[field]);
            if (column < 0) {
                statistics[field].put(StatisticsForm.ABSENT);
            } else {
                StatisticsForm.encode(block.statistics(column), scope, statistics[field]);
            }
        }
        rowCount += block.pointCount();
        minTime = Math.min(minTime, block.minTime());
        maxTime = Math.max(maxTime, block.maxTime());
    }

    /// @return the index file's body
    byte[] build(PartNames id, ParquetFile parquet) {
        var out = new ByteSink(1024 + 16 * (series.count() + blockCount));
        out.putText(id.database());
        out.putText(id.measurement());
        out.putZigzag(id.date().toEpochDay());
        out.putVarint(id.sequence());
        putColumns(out);
        out.putVarint(parquet.sizeBytes());
        out.putInt(parquet.crc32c());
        out.putVarint(parquet.timeUnit().id());
        putRowGroups(parquet, out);
        putSeries(out);
        putBlocks(id.dayStartNanos(), parquet.timeUnit(), out);
        for (ByteSink column : statistics) {
            out.putVarint(column.size());
            out.putBytes(column.array(), 0, column.size());
        }
        return out.toByteArray();
    }

    private void putSeries(ByteSink out) {
        int tagCount = columns.tags().size();
        for (int tag = 0; tag < tagCount; tag++) {
            TextDictionary values = series.values(tag);
            out.putVarint(values.size());
            for (int id = 0; id < values.size(); id++) {
                out.putText(values.bytes(id));
            }
        }
        out.putVarint(series.count());
        for (int i = 0; i < series.count(); i++) {
            for (int tag = 0; tag < tagCount; tag++) {
                out.putVarint(1 + series.id(tag, i));
            }
            int end = i + 1 < series.count() ? seriesFirstBlocks[i + 1] : blockCount;
            out.putVarint(end - seriesFirstBlocks[i]);
        }
    }

    private void putColumns(ByteSink out) {
        out.putVarint(columns.tags().size());
        columns.tags().forEach(out::putText);
        out.putVarint(columns.fields().size());
        for (ParquetField field : columns.fields()) {
            out.putText(field.name());
            out.putVarint(field.type().id());
        }
    }

    private static void putRowGroups(ParquetFile parquet, ByteSink out) {
        long end = 0;
        out.putVarint(parquet.rowGroups().size());
        for (RowGroupPages group : parquet.rowGroups()) {
            out.putVarint(group.pageRows().size());
            group.pageRows().forEach(out::putVarint);
            end = putChunk(group.time(), end, out);
            for (ChunkPages chunk : group.fields()) {
                end = putChunk(chunk, end, out);
            }
        }
    }

    /// @param end where the page before ends
    /// @return where the chunk's last page ends
    private static long putChunk(ChunkPages chunk, long end, ByteSink out) {
        PageSpan dictionary = chunk.dictionary();
        if (chunk.pages().isEmpty()) {
            out.put(PartIndexLayout.CHUNK_EMPTY);
            return end;
        }
        out.put(
                dictionary == null
                        ? PartIndexLayout.CHUNK_PAGES
                        : PartIndexLayout.CHUNK_DICTIONARY);
        long at = dictionary == null ? end : putSpan(dictionary, end, out);
        for (PageSpan page : chunk.pages()) {
            at = putSpan(page, at, out);
        }
        return at;
    }

    private static long putSpan(PageSpan span, long end, ByteSink out) {
        out.putZigzag(span.offset() - end);
        out.putVarint(span.length());
        out.putInt(span.crc32c());
        return span.offset() + span.length();
    }

    private void putBlocks(long dayStart, TimeUnit unit, ByteSink out) {
        out.putVarint(blockCount);
        long before = dayStart / unit.nanos();
        for (int i = 0; i < blockCount; i++) {
            long from = minTimes[i] / unit.nanos();
            long to = maxTimes[i] / unit.nanos();
            out.putVarint(rowCounts[i]);
            out.putZigzag(from - before);
            out.putVarint(to - from);
            before = to;
        }
    }
}
