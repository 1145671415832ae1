package io.tsdb.storage.shard;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockSlice;
import io.tsdb.storage.block.BlockSource;
import io.tsdb.storage.block.Overlap;
import io.tsdb.storage.block.Piece;
import io.tsdb.storage.block.SeriesMerge;
import io.tsdb.storage.compaction.TombstoneMask;
import io.tsdb.storage.head.Head;
import io.tsdb.storage.head.HeadRows;
import io.tsdb.storage.head.Sealer;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.PartColumns;
import io.tsdb.storage.schema.FieldSet;
import io.tsdb.storage.schema.MeasurementSchema;
import io.tsdb.storage.series.SeriesRegistry;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The rows of a head that takes in nothing any more, as blocks that overlap nowhere: what a flush
/// writes. One thread; its scratch serves all measurements of the head.
final class HeadBlocks {
    /// A series, and its blocks in time order.
    record OfSeries(int id, SeriesKey key, List<Block> blocks) {}

    /// Asked between series.
    interface Check {
        /// @throws IOException when there is no sense in going on
        void run() throws IOException;
    }

    private final Head head;
    private final SeriesRegistry registry;
    private final SeriesMerge merge = new SeriesMerge();
    private final Sealer sealer = new Sealer();
    private final TombstoneMask mask = new TombstoneMask();
    private final BlockSlice slice = new BlockSlice();

    HeadBlocks(Head head, SeriesRegistry registry) {
        this.head = head;
        this.registry = registry;
    }

    /// Scratch for cutting blocks.
    BlockSlice slice() {
        return slice;
    }

    static Iterable<Block> all(List<OfSeries> series) {
        return () -> series.stream().flatMap(one -> one.blocks().stream()).iterator();
    }

    /// What the rows of these series have.
    static PartColumns columns(MeasurementSchema schema, List<OfSeries> series) {
        var columns = new PartColumns(schema);
        for (OfSeries one : series) {
            columns.add(one.key());
            one.blocks().forEach(columns::add);
        }
        return columns;
    }

    /// Series of a measurement in key order, each with its blocks in time order, none overlapping
    /// another.
    List<OfSeries> of(MeasurementSchema schema, Check check) throws IOException {
        var result = new ArrayList<OfSeries>();
        for (int id : head.seriesOf(schema)) {
            check.run();
            var rows = new HeadRows(1);
            head.capture(id, rows, 0);
            var capture =
                    new ScanCapture(
                            new int[] {id}, List.of(rows), PartSet.Acquired.NOTHING, () -> {});
            var blocks = new ArrayList<Block>();
            List<RowSource> sources =
                    capture.sources(0, TimeRange.ALL, FieldSet.NONE, sealer, mask);
            for (Piece piece : merge.arrange(sources)) {
                switch (piece) {
                    case BlockSource source -> blocks.add(source.block());
                    case Overlap overlap -> blocks.addAll(merge.merge(overlap));
                }
            }
            if (!blocks.isEmpty()) {
                result.add(new OfSeries(id, registry.key(id), blocks));
            }
        }
        result.sort((a, b) -> Arrays.compareUnsigned(a.key().bytes(), b.key().bytes()));
        return result;
    }
}
