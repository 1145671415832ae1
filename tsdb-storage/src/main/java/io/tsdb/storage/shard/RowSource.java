package io.tsdb.storage.shard;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockMerge;
import io.tsdb.storage.block.BlockSource;
import io.tsdb.storage.block.RowColumns;
import io.tsdb.storage.head.OpenRows;
import io.tsdb.storage.head.Sealer;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.scan.Presence;
import io.tsdb.storage.schema.FieldSet;

import org.jspecify.annotations.Nullable;

/// Rows of one series that a cursor reads: sorted by time, times unique, at most 1024.
sealed interface RowSource extends BlockSource, RowColumns {
    /// Statistics over all rows, or null when they would have to be computed.
    @Nullable ColumnStatistics statistics(int fieldIndex);

    /// The last row's value in a column that is no string, where it is at hand.
    ///
    /// @param target receives it as [#longs] would give it (the bits of a FLOAT64), in entry 0
    /// @return ALL or NONE, or null when the column would have to be decoded
    @Nullable Presence newest(int fieldIndex, long[] target);

    /// What statistics say of the last of their rows.
    ///
    /// @param statistics null when no row has the field
    static @Nullable Presence newest(
            @Nullable ColumnStatistics statistics, long maxTime, long[] target) {
        if (statistics == null || statistics.count() == 0) {
            return Presence.NONE;
        }
        if (statistics.type() == FieldType.STRING) {
            return null;
        }
        if (statistics.lastTime() < maxTime) {
            return Presence.NONE;
        }
        target[0] = statistics.lastBits();
        return Presence.ALL;
    }

    /// A block in memory.
    record InMemory(Block block) implements RowSource {
        @Override
        public int pointCount() {
            return block.pointCount();
        }

        @Override
        public long minTime() {
            return block.minTime();
        }

        @Override
        public long maxTime() {
            return block.maxTime();
        }

        @Override
        public @Nullable ColumnStatistics statistics(int fieldIndex) {
            int column = block.columnOf(fieldIndex);
            return column < 0 ? null : block.statistics(column);
        }

        @Override
        public void times(long[] target) {
            block.decodeTimes(target);
        }

        @Override
        public Presence longs(int fieldIndex, long[] target, long[] presence) {
            int column = block.columnOf(fieldIndex);
            return column < 0 ? Presence.NONE : block.decodeLongs(column, target, presence);
        }

        @Override
        public Presence doubles(int fieldIndex, double[] target, long[] presence) {
            int column = block.columnOf(fieldIndex);
            return column < 0 ? Presence.NONE : block.decodeDoubles(column, target, presence);
        }

        @Override
        public Presence stringIds(int fieldIndex, int[] target, long[] presence) {
            int column = block.columnOf(fieldIndex);
            return column < 0 ? Presence.NONE : block.decodeStringIds(column, target, presence);
        }

        @Override
        public String[] dictionary(int fieldIndex) {
            int column = block.columnOf(fieldIndex);
            return column < 0 ? new String[0] : block.dictionary(column);
        }

        @Override
        public @Nullable Presence newest(int fieldIndex, long[] target) {
            return RowSource.newest(statistics(fieldIndex), block.maxTime(), target);
        }
    }

    /// A block of a part: its span and statistics come from the index, its values from the cache or
    /// from Parquet.
    ///
    /// @param wanted fields that are read of it: a column of another one may look as if it had no
    ///   value
    record InPart(Part part, int number, FieldSet wanted) implements RowSource {
        @Override
        public int pointCount() {
            return part.blockPointCount(number);
        }

        @Override
        public long minTime() {
            return part.blockMinTime(number);
        }

        @Override
        public long maxTime() {
            return part.blockMaxTime(number);
        }

        @Override
        public @Nullable ColumnStatistics statistics(int fieldIndex) {
            return part.statistics(number, fieldIndex);
        }

        @Override
        public void times(long[] target) {
            part.block(number, wanted).decodeTimes(target);
        }

        @Override
        public Presence longs(int fieldIndex, long[] target, long[] presence) {
            return new InMemory(part.block(number, wanted)).longs(fieldIndex, target, presence);
        }

        @Override
        public Presence doubles(int fieldIndex, double[] target, long[] presence) {
            return new InMemory(part.block(number, wanted)).doubles(fieldIndex, target, presence);
        }

        @Override
        public Presence stringIds(int fieldIndex, int[] target, long[] presence) {
            return new InMemory(part.block(number, wanted)).stringIds(fieldIndex, target, presence);
        }

        @Override
        public String[] dictionary(int fieldIndex) {
            return new InMemory(part.block(number, wanted)).dictionary(fieldIndex);
        }

        @Override
        public Block block() {
            return part.block(number, wanted);
        }

        @Override
        public @Nullable Presence newest(int fieldIndex, long[] target) {
            return RowSource.newest(statistics(fieldIndex), maxTime(), target);
        }
    }

    /// Rows that are no block, and without statistics: their columns are read from what holds them.
    sealed interface Computed extends RowSource {
        RowColumns rows();

        @Override
        default @Nullable ColumnStatistics statistics(int fieldIndex) {
            return null;
        }

        @Override
        default void times(long[] target) {
            rows().times(target);
        }

        @Override
        default Presence longs(int fieldIndex, long[] target, long[] presence) {
            return rows().longs(fieldIndex, target, presence);
        }

        @Override
        default Presence doubles(int fieldIndex, double[] target, long[] presence) {
            return rows().doubles(fieldIndex, target, presence);
        }

        @Override
        default Presence stringIds(int fieldIndex, int[] target, long[] presence) {
            return rows().stringIds(fieldIndex, target, presence);
        }

        @Override
        default String[] dictionary(int fieldIndex) {
            return rows().dictionary(fieldIndex);
        }
    }

    /// Rows of blocks that overlap, merged column by column.
    record Merged(BlockMerge.Rows rows) implements Computed {
        @Override
        public int pointCount() {
            return rows.pointCount();
        }

        @Override
        public long minTime() {
            return rows.minTime();
        }

        @Override
        public long maxTime() {
            return rows.maxTime();
        }

        @Override
        public Block block() {
            return rows.block();
        }

        @Override
        public @Nullable Presence newest(int fieldIndex, long[] target) {
            return null;
        }
    }

    /// Rows of an open buffer in ascending order.
    ///
    /// @param sealer of the thread that reads
    record Open(OpenRows rows, Sealer sealer) implements Computed {
        @Override
        public int pointCount() {
            return rows.count();
        }

        @Override
        public long minTime() {
            return rows.time(0);
        }

        @Override
        public long maxTime() {
            return rows.time(rows.count() - 1);
        }

        @Override
        public Block block() {
            return sealer.seal(rows);
        }

        @Override
        public @Nullable Presence newest(int fieldIndex, long[] target) {
            return rows.longAt(fieldIndex, rows.count() - 1, target) ? Presence.ALL : Presence.NONE;
        }
    }
}
