package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.io.Checksum;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.parquet.ChunkPages;
import io.tsdb.storage.parquet.DecodedPage;
import io.tsdb.storage.parquet.PageReader;
import io.tsdb.storage.parquet.ParquetField;
import io.tsdb.storage.parquet.ParquetFile;
import io.tsdb.storage.parquet.RowGroupPages;
import io.tsdb.storage.parquet.TimeUnit;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.FieldSet;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/// A part opened for reading. Any thread; counted references: it closes when its opener and
/// everybody who retained it have released it, so a scan may outlive the compaction that replaces
/// the part.
///
/// Blocks are numbered from 0 in the order of the file; those of a series follow one another in
/// time order.
public final class Part implements AutoCloseable {
    private static final int ABSENT = -1;
    private static final int LOCK_COUNT = 16;

    private final PartSummary summary;
    private final PartIndex index;
    private final MappedFile file;
    private final BlockCache.Slots cached;
    private final AtomicInteger references = new AtomicInteger(1);
    private volatile Runnable atEnd = () -> {};
    private volatile Consumer<CorruptDataException> damageListener = _ -> {};

    /// For each field of the part its index in the schema, and the other way round.
    private final int[] fieldIndexes;

    private final int[] fieldOfIndex;

    private final FieldSet fields;

    /// Shard-local ids, ascending, and the position in the file of each one's series.
    private final int[] seriesIds;

    private final int[] seriesPositions;

    /// Two readers that miss the same page wait for one another, not all readers of the part.
    private final Object[] pageLocks = new Object[LOCK_COUNT];

    private Part(
            PartSummary summary,
            PartIndex index,
            MappedFile file,
            BlockCache cache,
            int[] fieldIndexes) {
        this.summary = summary;
        this.index = index;
        this.file = file;
        this.fields = FieldSet.of(fieldIndexes);
        this.cached = cache.slots(index.blockCount(), fields, memoryBytes(index));
        this.fieldIndexes = fieldIndexes;
        this.fieldOfIndex = new int[Arrays.stream(fieldIndexes).max().orElse(ABSENT) + 1];
        Arrays.fill(fieldOfIndex, ABSENT);
        for (int field = 0; field < fieldIndexes.length; field++) {
            fieldOfIndex[fieldIndexes[field]] = field;
        }
        int[] ids = index.series().ids();
        long[] order = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            order[i] = (long) ids[i] << 32 | i;
        }
        Arrays.sort(order);
        this.seriesIds = new int[ids.length];
        this.seriesPositions = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            seriesIds[i] = (int) (order[i] >>> 32);
            seriesPositions[i] = (int) order[i];
        }
        Arrays.setAll(pageLocks, _ -> new Object());
    }

    /// What a part takes of memory as long as it is open, about: its index, the order of its
    /// series, and places for its blocks.
    private static long memoryBytes(PartIndex index) {
        long seriesBytes = 2L * Integer.BYTES * index.series().ids().length;
        long placeBytes = (long) Integer.BYTES * index.blockCount();
        return index.memoryBytes() + seriesBytes + placeBytes;
    }

    /// Opens a part.
    ///
    /// @param summary what the manifest says of it
    /// @param schema has the part's tags and fields
    /// @param seriesIdOf the shard's id of a series, given to it when it has none yet
    /// @throws CorruptDataException when index or Parquet file are missing, damaged, or not those
    ///   of the manifest; a damaged index alone can be made anew by [PartIndexRebuild]
    public static Part open(
            FileStore io,
            Path shardDirectory,
            PartSummary summary,
            MeasurementSchema schema,
            ToIntFunction<SeriesKey> seriesIdOf,
            BlockCache cache)
            throws IOException {
        PartId id = summary.id();
        PartIndex index = readIndex(io, shardDirectory, summary, schema, seriesIdOf);
        int[] fieldIndexes =
                indexesOf(
                        id.indexFile(shardDirectory), index.identity().columns().fields(), schema);
        MappedFile file =
                MappedFile.open(io, id.parquetFile(shardDirectory), summary.parquetBytes());
        return new Part(summary, index, file, cache, fieldIndexes);
    }

    public PartId id() {
        return summary.id();
    }

    public PartSummary summary() {
        return summary;
    }

    public long minTime() {
        return summary.minTime();
    }

    public long maxTime() {
        return summary.maxTime();
    }

    /// Log entries that the rows come from.
    public PartOrigin origin() {
        return summary.origin();
    }

    public long rowCount() {
        return index.rowCount();
    }

    public int blockCount() {
        return index.blockCount();
    }

    /// Ids of the series that have rows here, ascending; read only.
    public int[] seriesIds() {
        return seriesIds;
    }

    /// Number of series that have rows here; they are numbered from 0 in the order of the file,
    /// which is that of their keys.
    public int seriesCount() {
        return seriesIds.length;
    }

    /// Id of a series by its place in the file.
    public int seriesIdAt(int position) {
        return index.series().ids()[position];
    }

    /// First block of a series by its place in the file; that of [#seriesCount] is the number of
    /// blocks.
    public int firstBlockAt(int position) {
        return index.series().firstBlocks()[position];
    }

    /// Number of blocks of a series, 0 when it has no rows here.
    public int blockCount(int seriesId) {
        int at = Arrays.binarySearch(seriesIds, seriesId);
        if (at < 0) {
            return 0;
        }
        int[] firstBlocks = index.series().firstBlocks();
        int position = seriesPositions[at];
        return firstBlocks[position + 1] - firstBlocks[position];
    }

    /// First block of a series.
    ///
    /// @return -1 when the series has no rows here
    public int firstBlock(int seriesId) {
        int at = Arrays.binarySearch(seriesIds, seriesId);
        return at < 0 ? -1 : index.series().firstBlocks()[seriesPositions[at]];
    }

    public long blockMinTime(int block) {
        return index.minTime(block);
    }

    public long blockMaxTime(int block) {
        return index.maxTime(block);
    }

    public int blockPointCount(int block) {
        return index.pointCount(block);
    }

    /// Statistics of a field over a block, from the index alone.
    ///
    /// @param fieldIndex index of the field in the schema
    /// @return null when no row of the block has the field
    public @Nullable ColumnStatistics statistics(int block, int fieldIndex) {
        if (fieldIndex >= fieldOfIndex.length || fieldOfIndex[fieldIndex] == ABSENT) {
            return null;
        }
        return index.statistics(block, fieldOfIndex[fieldIndex]);
    }

    /// The unit that its Parquet file has times in.
    public TimeUnit timeUnit() {
        return index.identity().parquet().timeUnit();
    }

    /// Tags that its file has columns of, in name order.
    List<String> tags() {
        return index.identity().columns().tags();
    }

    /// The part's fields.
    public FieldSet fields() {
        return fields;
    }

    /// The block with the wanted columns, as far as the part has them, and maybe others: from
    /// memory, or decoded from the pages of these columns together with its neighbours there.
    ///
    /// @throws CorruptDataException when a page is not what was written
    public Block block(int block, FieldSet wanted) {
        Block known = cached.get(block, wanted);
        return known == null ? decode(block, wanted) : known;
    }

    /// Who is told, by the thread that reads, when a page is not what was written.
    public void onDamage(Consumer<CorruptDataException> listener) {
        damageListener = listener;
    }

    /// A reader of all blocks in the order of the file, past the cache: for a compaction, which
    /// must not drive out what queries want.
    public PartScan scan() {
        return new PartScan(this);
    }

    /// The block when it is in memory with all of its columns; nothing is counted or marked.
    @Nullable Block peekWhole(int block) {
        return cached.peek(block, fields);
    }

    int pageOf(int block) {
        int at = Arrays.binarySearch(index.pageFirstBlocks(), block);
        return at >= 0 ? at : -at - 2;
    }

    int firstBlockOfPage(int page) {
        return index.pageFirstBlocks()[page];
    }

    /// Puts a block into the cache that is at hand anyway, as after a flush.
    ///
    /// @param block number that [PartWriter#block] gave
    public void seedCache(int block, Block content) {
        if (content.pointCount() != index.pointCount(block)
                || content.minTime() != index.minTime(block)) {
            throw new IllegalArgumentException("BUG: not block " + block + " of " + summary.id());
        }
        cached.put(block, content, fields);
    }

    /// Checks every byte of both files.
    ///
    /// @throws CorruptDataException when the Parquet file is not what was written (the index was
    ///   checked when the part was opened)
    public void verify() {
        int computed = file.checksum();
        if (computed != summary.parquetCrc()) {
            // name the page if it is one
            for (int page = 0; page < index.pageFirstBlocks().length - 1; page++) {
                decodePage(page, fields);
            }
            throw new CorruptDataException(
                    file.path(),
                    0,
                    "CRC mismatch of the whole file (stored %08x, computed %08x), in tags or metadata"
                            .formatted(summary.parquetCrc(), computed));
        }
    }

    /// Keeps the part open until [#release].
    ///
    /// @throws IllegalStateException when it is closed already
    public void retain() {
        if (!tryRetain()) {
            throw new IllegalStateException("BUG: part " + summary.id() + " is closed");
        }
    }

    /// Keeps the part open until [#release], unless it is closed already.
    public boolean tryRetain() {
        return references.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    public void release() {
        int left = references.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException(
                    "BUG: part " + summary.id() + " is released more often than retained");
        }
        if (left == 0) {
            cached.close();
            file.close();
            atEnd.run();
        }
    }

    /// Releases the opener's reference to a part that is no more; readers still have it.
    ///
    /// @param deletion deletes its files: when the last reader has released it
    public void releaseForGood(Runnable deletion) {
        atEnd = deletion;
        release();
    }

    /// Releases the opener's reference.
    @Override
    public void close() {
        release();
    }

    private static PartIndex readIndex(
            FileStore io,
            Path shardDirectory,
            PartSummary summary,
            MeasurementSchema schema,
            ToIntFunction<SeriesKey> seriesIdOf)
            throws IOException {
        PartId id = summary.id();
        Path path = id.indexFile(shardDirectory);
        MappedFile.sizeOf(io, path);
        byte[] bytes = io.readAll(path);
        if (bytes.length != summary.indexBytes()
                || Checksum.crc32c(bytes, 0, bytes.length) != summary.indexCrc()) {
            // a broken one names its place, one that is whole is not the manifest's
            PartIndexReader.read(path.toString(), bytes, _ -> 0);
            throw new CorruptDataException(
                    path.toString(), 0, "not the index that the manifest names");
        }
        PartIndex index = PartIndexReader.read(path.toString(), bytes, seriesIdOf);
        ParquetFile parquet = index.identity().parquet();
        if (!index.identity().names().equals(PartNames.of(id, schema))
                || parquet.sizeBytes() != summary.parquetBytes()
                || parquet.crc32c() != summary.parquetCrc()) {
            throw new CorruptDataException(
                    path.toString(), 0, "the index of another part: " + index.identity().names());
        }
        return index;
    }

    private static int[] indexesOf(Path path, List<ParquetField> fields, MeasurementSchema schema) {
        int[] indexes = new int[fields.size()];
        for (int i = 0; i < indexes.length; i++) {
            ParquetField field = fields.get(i);
            FieldSchema known = schema.field(field.name()).orElse(null);
            if (known == null) {
                throw new CorruptDataException(
                        path.toString(),
                        0,
                        "field '%s', which the catalog lacks in %s"
                                .formatted(field.name(), schema));
            }
            if (known.type() != field.type()) {
                throw new CorruptDataException(
                        path.toString(),
                        0,
                        "field '%s' is %s here and %s elsewhere"
                                .formatted(
                                        field.name(),
                                        field.type().sqlName(),
                                        known.type().sqlName()));
            }
            indexes[i] = known.index();
        }
        return indexes;
    }

    private Block decode(int block, FieldSet wanted) {
        int page = pageOf(block);
        synchronized (pageLocks[page % LOCK_COUNT]) {
            Block known = cached.peek(block, wanted);
            if (known != null) {
                return known;
            }
            int first = index.pageFirstBlocks()[page];
            BlockCache.Cached there = cached.cached(block);
            FieldSet lacking = there == null ? wanted : wanted.without(there.fields());
            Block[] blocks = decodePage(page, lacking);
            Block found = blocks[block - first];
            for (int i = 0; i < blocks.length; i++) {
                if (first + i != block) {
                    keep(first + i, blocks[i], lacking, cached.cached(first + i));
                }
            }
            return keep(block, found, lacking, there);
        }
    }

    /// Keeps columns of a block beside those that were there.
    private Block keep(
            int block, Block columns, FieldSet taken, BlockCache.@Nullable Cached there) {
        Block all = there == null ? columns : there.block().with(columns);
        cached.put(block, all, there == null ? taken : there.fields().with(taken));
        return all;
    }

    /// The blocks of a page, with columns of these fields alone.
    Block[] decodePage(int page, FieldSet wanted) {
        try {
            return decode(page, index.identity().parquet().rowGroups(), wanted);
        } catch (CorruptDataException e) {
            damageListener.accept(e);
            throw e;
        }
    }

    private Block[] decode(int page, List<RowGroupPages> groups, FieldSet wanted) {
        int groupPage = page;
        int group = 0;
        while (groupPage >= groups.get(group).pageRows().size()) {
            groupPage -= groups.get(group).pageRows().size();
            group++;
        }
        PageBlocks rows = readPages(groups.get(group), groupPage, wanted);
        int first = index.pageFirstBlocks()[page];
        Block[] blocks = new Block[index.pageFirstBlocks()[page + 1] - first];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = rows.next(index.pointCount(first + i));
        }
        return blocks;
    }

    private PageBlocks readPages(RowGroupPages group, int page, FieldSet wanted) {
        int rows = group.pageRows().get(page);
        List<ParquetField> columns = index.identity().columns().fields();
        try (var reader = new PageReader(file)) {
            DecodedPage times =
                    reader.times(
                            group.time().pages().get(page),
                            rows,
                            index.identity().parquet().timeUnit());
            var values = new ArrayList<DecodedPage>(columns.size());
            for (int field = 0; field < columns.size(); field++) {
                ChunkPages chunk = group.fields().get(field);
                values.add(
                        chunk.pages().isEmpty() || !wanted.contains(fieldIndexes[field])
                                ? DecodedPage.absent(rows)
                                : reader.values(columns.get(field).type(), chunk, page, rows));
            }
            return new PageBlocks(index.identity().columns(), fieldIndexes, times, values);
        }
    }
}
