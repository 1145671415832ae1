package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.io.Checksum;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.parquet.ParquetColumns;
import io.tsdb.storage.parquet.ParquetFile;
import io.tsdb.storage.parquet.ParquetWriter;
import io.tsdb.storage.parquet.RowGroup;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Writes one part: series in ascending order of their keys' bytes, each with its blocks in time
/// order. One thread; holds the blocks of one row group.
///
/// Files carry temporary names until [#finish]; closed without it, or killed, the part leaves
/// nothing that counts ([PartDirectory#clean]). After an I/O error only [#close] makes sense.
public final class PartWriter implements AutoCloseable {
    /// Length of a partition.
    static final long DAY_NANOS = 86_400_000_000_000L;

    private final FileStore io;
    private final PartId id;
    private final PartNames names;
    private final PartOrigin origin;
    private final PartConfig config;
    private final RowGroup rows;
    private final PartFiles files;
    private final ParquetWriter parquet;
    private final PartIndexBuilder index;
    private final BlockRuns blockRuns = new BlockRuns();
    private final int tagCount;
    private @Nullable SeriesKey series;
    private int seriesId;
    private long lastTime;
    private int blockCount;
    private boolean finished;

    private PartWriter(
            FileStore io,
            Path shardDirectory,
            PartId id,
            PartNames names,
            PartOrigin origin,
            ParquetColumns columns,
            int[] fieldIndexes,
            PartConfig config)
            throws IOException {
        this.io = io;
        this.id = id;
        this.names = names;
        this.origin = origin;
        this.config = config;
        this.tagCount = columns.tags().size();
        this.rows = new RowGroup(columns, fieldIndexes);
        this.index = new PartIndexBuilder(columns, fieldIndexes);
        this.files = PartFiles.of(io, shardDirectory, id);
        this.parquet =
                new ParquetWriter(
                        files.createParquet(),
                        files.temporaryParquet().toString(),
                        columns,
                        config.zstdLevel(),
                        config.timeUnit());
    }

    /// Begins a part.
    ///
    /// @param found every tag and field that its rows have
    public static PartWriter create(
            FileStore io,
            Path shardDirectory,
            PartId id,
            PartOrigin origin,
            PartColumns found,
            PartConfig config)
            throws IOException {
        return new PartWriter(
                io,
                shardDirectory,
                id,
                PartNames.of(id, found.schema()),
                origin,
                found.columns(),
                found.fieldIndexes(),
                config);
    }

    /// Blocks that follow belong to this series.
    ///
    /// @param key larger than all before
    /// @param seriesId the shard's number of it, for error texts: files know keys only
    public void series(SeriesKey key, int seriesId) {
        if (series != null && Arrays.compareUnsigned(series.bytes(), key.bytes()) >= 0) {
            throw new IllegalArgumentException(
                    "BUG: series %d (%s) comes after %d (%s) in part %s"
                            .formatted(seriesId, key, this.seriesId, series, id));
        }
        series = key;
        this.seriesId = seriesId;
        lastTime = Long.MIN_VALUE;
        index.series(key);
        rows.startSeries(key);
    }

    /// Adds the next block of the current series; it is kept until its row group is written.
    ///
    /// @param block later than all before, within the partition's day
    /// @return the block's number in the part
    public int block(Block block) throws IOException {
        SeriesKey key = series;
        long dayStart = id.dayStartNanos();
        if (key == null
                || block.minTime() < dayStart
                || (lastTime != Long.MIN_VALUE && block.minTime() <= lastTime)) {
            throw new IllegalArgumentException(
                    "BUG: block [%d, %d] of series %d (%s) does not belong behind %d in part %s"
                            .formatted(
                                    block.minTime(), block.maxTime(), seriesId, key, lastTime, id));
        }
        if (rows.rowCount() > 0 && rows.rowCount() + block.pointCount() > config.rowGroupRows()) {
            writeRowGroup();
            rows.startSeries(key);
        }
        lastTime = block.maxTime();
        rows.add(block);
        index.block(block);
        blockRuns.add(block.pointCount());
        return blockCount++;
    }

    /// Bytes written so far; grows by row groups.
    public long sizeBytes() {
        return parquet.sizeBytes();
    }

    /// Writes what is left, makes both files durable and gives them their names.
    ///
    /// @return what the manifest keeps
    public PartSummary finish() throws IOException {
        PartSummary summary = complete();
        files.sync();
        files.rename();
        for (Path directory : files.directories()) {
            io.syncDirectory(directory);
        }
        finished = true;
        return summary;
    }

    /// Writes what is left, and leaves the rest to a batch: the part is not durable before
    /// [PartBatch#commit].
    ///
    /// @return what the manifest keeps
    public PartSummary finishIn(PartBatch batch) throws IOException {
        PartSummary summary = complete();
        batch.add(id, files, summary.sizeBytes());
        finished = true;
        return summary;
    }

    private PartSummary complete() throws IOException {
        if (index.rowCount() == 0) {
            throw new IllegalStateException("BUG: part " + id + " has no rows");
        }
        writeRowGroup();
        ParquetFile file = parquet.finishUnsynced(keyValues());
        parquet.release();
        byte[] content = indexContent(names, index, file);
        files.writeIndex(content);
        return summary(id, origin, index, file, content);
    }

    /// Writes the index file of a part, in place of what is there.
    static PartSummary writeIndex(
            FileStore io,
            Path shardDirectory,
            PartId id,
            PartNames names,
            PartOrigin origin,
            PartIndexBuilder index,
            ParquetFile file)
            throws IOException {
        byte[] content = indexContent(names, index, file);
        io.replace(id.indexFile(shardDirectory), content);
        return summary(id, origin, index, file, content);
    }

    private static byte[] indexContent(PartNames names, PartIndexBuilder index, ParquetFile file) {
        byte[] body = index.build(names, file);
        return FramedFile.frame(PartIndexLayout.MAGIC, PartIndexLayout.VERSION, body);
    }

    private static PartSummary summary(
            PartId id,
            PartOrigin origin,
            PartIndexBuilder index,
            ParquetFile file,
            byte[] indexContent) {
        return new PartSummary(
                id,
                origin,
                index.rowCount(),
                index.minTime(),
                index.maxTime(),
                file.sizeBytes(),
                indexContent.length,
                file.crc32c(),
                Checksum.crc32c(indexContent, 0, indexContent.length));
    }

    /// Without [#finish] the files go.
    @Override
    public void close() throws IOException {
        if (!finished) {
            parquet.release();
            files.discard();
        }
    }

    private void writeRowGroup() throws IOException {
        if (rows.rowCount() > 0) {
            parquet.write(rows);
            rows.clear();
        }
    }

    private Map<String, String> keyValues() {
        var pairs = new LinkedHashMap<String, String>();
        pairs.put(PartFooter.FORMAT, PartFooter.FORMAT_VERSION);
        pairs.put(PartFooter.DATABASE, names.database());
        pairs.put(PartFooter.MEASUREMENT, names.measurement());
        pairs.put(PartFooter.NUMBERS, id.measurement().toString());
        pairs.put(PartFooter.DATE, id.date().toString());
        pairs.put(PartFooter.SEQUENCE, Long.toString(id.sequence()));
        pairs.put(PartFooter.ORIGIN, origin.toText());
        pairs.put(PartFooter.TAG_COUNT, Integer.toString(tagCount));
        pairs.put(BlockRuns.KEY, blockRuns.toText());
        return pairs;
    }
}
