package io.tsdb.storage.compaction;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockPacker;
import io.tsdb.storage.block.BlockSlice;
import io.tsdb.storage.block.BlockSource;
import io.tsdb.storage.block.Overlap;
import io.tsdb.storage.block.Piece;
import io.tsdb.storage.block.SeriesMerge;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.part.PartColumns;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartOrigin;
import io.tsdb.storage.part.PartScan;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.part.PartWriter;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/// Writes the rows of several parts of a measurement into new ones, each row once: series by
/// series, in the order of their keys, block by block. One thread; holds some pages of each input,
/// one span of overlapping blocks, and a row group of each output.
///
/// The new parts are files with their names, durable, that nobody knows yet; after an exception
/// none is left.
public final class PartMerge {
    /// A part that was written.
    ///
    /// @param seriesIds shard-local ids of its series in the order of the file
    public record Written(PartSummary summary, int[] seriesIds) {}

    private final FileStore io;
    private final Path shardDirectory;
    private final PartConfig config;
    private final IntFunction<SeriesKey> keyOf;
    private final LongSupplier sequences;
    private final Pace pace;
    private final SeriesMerge merge = new SeriesMerge();
    private final TombstoneMask mask = new TombstoneMask();

    /// @param keyOf key of a series by its shard-local id
    /// @param sequences numbers for new parts
    public PartMerge(
            FileStore io,
            Path shardDirectory,
            PartConfig config,
            IntFunction<SeriesKey> keyOf,
            LongSupplier sequences,
            Pace pace) {
        this.io = io;
        this.shardDirectory = shardDirectory;
        this.config = config;
        this.keyOf = keyOf;
        this.sequences = sequences;
        this.pace = pace;
    }

    /// A part that is read, at one of its series.
    private static final class Input implements Comparable<Input> {
        private final Part part;
        private final PartScan scan;
        private final int rank;
        private final List<Tombstone> tombstones;
        private int position;
        private SeriesKey key;

        Input(Part part, int rank, List<Tombstone> tombstones, SeriesKey key) {
            this.tombstones = tombstones;
            this.part = part;
            this.scan = part.scan();
            this.rank = rank;
            this.key = key;
        }

        int seriesId() {
            return part.seriesIdAt(position);
        }

        @Override
        public int compareTo(Input other) {
            int byKey = Arrays.compareUnsigned(key.bytes(), other.key.bytes());
            return byKey == 0 ? Integer.compare(rank, other.rank) : byKey;
        }
    }

    /// A block of a part, read past the cache.
    private record PartBlock(Input input, int number) implements BlockSource {
        @Override
        public int pointCount() {
            return input.part.blockPointCount(number);
        }

        @Override
        public long minTime() {
            return input.part.blockMinTime(number);
        }

        @Override
        public long maxTime() {
            return input.part.blockMaxTime(number);
        }

        @Override
        public Block block() {
            return input.scan.block(number);
        }
    }

    /// A span of time and the part that its rows go to.
    private final class Output {
        private final PartitionPlan.Span span;
        private final PartId id;
        private final PartOrigin origin;
        private final PartColumns columns;
        private final BlockPacker packer = new BlockPacker();
        private final BlockSlice slice = new BlockSlice();
        private final List<Integer> seriesIds = new ArrayList<>();
        private @Nullable PartWriter writer;
        private boolean seriesBegun;

        Output(PartitionPlan.Span span, PartOrigin origin, PartColumns columns, PartId id) {
            this.span = span;
            this.origin = origin;
            this.columns = columns;
            this.id = id;
        }

        void add(SeriesKey key, int seriesId, Block block) {
            if (block.maxTime() >= span.fromNanos() && block.minTime() <= span.lastNanos()) {
                slice.slice(block, span.fromNanos(), span.lastNanos())
                        .ifPresent(cut -> packer.add(cut, full -> write(key, seriesId, full)));
            }
        }

        void endSeries(SeriesKey key, int seriesId) {
            packer.finish(full -> write(key, seriesId, full));
            seriesBegun = false;
        }

        private void write(SeriesKey key, int seriesId, Block block) {
            try {
                PartWriter target = writer;
                if (target == null) {
                    target = PartWriter.create(io, shardDirectory, id, origin, columns, config);
                    writer = target;
                }
                if (!seriesBegun) {
                    target.series(key, seriesId);
                    seriesIds.add(seriesId);
                    seriesBegun = true;
                }
                target.block(block);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Nullable Written finish() throws IOException {
            PartWriter written = writer;
            if (written == null) {
                return null;
            }
            PartSummary summary = written.finish();
            written.close();
            return new Written(summary, seriesIds.stream().mapToInt(Integer::intValue).toArray());
        }

        void abandon() throws IOException {
            if (writer != null) {
                writer.close();
            }
            // a finished one leaves its files
            io.delete(id.parquetFile(shardDirectory));
            io.delete(id.indexFile(shardDirectory));
        }
    }

    /// @param parts inputs by rank, retained by the caller
    /// @param tombstones deletes that concern some of the parts; they are carried out
    /// @return a part for each span that has rows
    /// @throws IOException also when the pace ends the work
    public List<Written> run(
            List<Part> parts,
            MeasurementSchema schema,
            List<PartitionPlan.Span> spans,
            List<Tombstone> tombstones)
            throws IOException {
        PartOrigin origin = origin(parts, tombstones);
        PartColumns columns = PartColumns.of(schema, parts);
        var outputs = new ArrayList<Output>();
        boolean finished = false;
        try {
            for (PartitionPlan.Span span : spans) {
                var id = new PartId(schema.id(), span.date(), sequences.getAsLong());
                outputs.add(new Output(span, origin, columns, id));
            }
            mergeSeries(parts, tombstones, outputs);
            var written = new ArrayList<Written>();
            for (Output output : outputs) {
                Written one = output.finish();
                if (one != null) {
                    written.add(one);
                }
            }
            finished = true;
            return written;
        } catch (UncheckedIOException e) {
            throw e.getCause(); // it names file and act
        } finally {
            if (!finished) {
                for (Output output : outputs) {
                    output.abandon();
                }
            }
        }
    }

    private static PartOrigin origin(List<Part> parts, List<Tombstone> tombstones) {
        long deletesTo = Long.MIN_VALUE;
        for (Tombstone tombstone : tombstones) {
            deletesTo = Math.max(deletesTo, tombstone.index());
        }
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        long written = 0;
        for (Part part : parts) {
            first = Math.min(first, part.origin().firstIndex());
            last = Math.max(last, part.origin().lastIndex());
            written = Math.max(written, part.origin().writtenSeconds());
        }
        return new PartOrigin(first, last, Math.max(last, deletesTo), written);
    }

    private void mergeSeries(List<Part> parts, List<Tombstone> tombstones, List<Output> outputs)
            throws IOException {
        var queue = new PriorityQueue<Input>();
        for (int rank = 0; rank < parts.size(); rank++) {
            Part part = parts.get(rank);
            List<Tombstone> concerning = Tombstone.concerning(tombstones, part.summary());
            queue.add(new Input(part, rank, concerning, keyOf.apply(part.seriesIdAt(0))));
        }
        var same = new ArrayList<Input>();
        while (!queue.isEmpty()) {
            Input first = queue.remove();
            same.add(first);
            while (!queue.isEmpty() && queue.element().key.equals(first.key)) {
                same.add(queue.remove());
            }
            mergeOne(first.key, first.seriesId(), same, outputs);
            for (Input input : same) {
                if (++input.position < input.part.seriesCount()) {
                    input.key = keyOf.apply(input.seriesId());
                    queue.add(input);
                }
            }
            same.clear();
        }
    }

    /// @param inputs by rank
    private void mergeOne(SeriesKey key, int seriesId, List<Input> inputs, List<Output> outputs)
            throws IOException {
        var sources = new ArrayList<BlockSource>();
        for (Input input : inputs) {
            int end = input.part.firstBlockAt(input.position + 1);
            for (int block = input.part.firstBlockAt(input.position); block < end; block++) {
                BlockSource left =
                        mask.apply(new PartBlock(input, block), seriesId, input.tombstones);
                if (left != null) {
                    sources.add(left);
                }
            }
        }
        for (Piece piece : merge.arrange(sources)) {
            switch (piece) {
                case BlockSource source -> add(outputs, key, seriesId, source.block());
                case Overlap overlap -> {
                    for (Block block : merge.merge(overlap)) {
                        add(outputs, key, seriesId, block);
                    }
                }
            }
        }
        for (Output output : outputs) {
            output.endSeries(key, seriesId);
        }
    }

    private void add(List<Output> outputs, SeriesKey key, int seriesId, Block block)
            throws IOException {
        for (Output output : outputs) {
            output.add(key, seriesId, block);
        }
        pace.worked();
    }
}
