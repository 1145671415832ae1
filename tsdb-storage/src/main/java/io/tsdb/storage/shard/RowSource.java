package io.tsdb.storage.shard;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.head.OpenRows;
import io.tsdb.storage.head.Sealer;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.scan.ColumnStatistics;
import io.tsdb.storage.scan.Presence;

import org.jspecify.annotations.Nullable;

/// Rows of one series that a cursor reads: sorted by time, times unique, at most 1024.
sealed interface RowSource {
    int pointCount();

    long minTime();

    long maxTime();

    /// Statistics over all rows, or null when they would have to be computed.
    @Nullable ColumnStatistics statistics(int fieldIndex);

    void times(long[] target);

    Presence longs(int fieldIndex, long[] target, long[] presence);

    Presence doubles(int fieldIndex, double[] target, long[] presence);

    Presence stringIds(int fieldIndex, int[] target, long[] presence);

    String[] dictionary(int fieldIndex);

    Block block(Sealer sealer);

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
        public Block block(Sealer sealer) {
            return block;
        }
    }

    /// A block of a part: its span and statistics come from the index, its values from the cache or
    /// from Parquet.
    record InPart(Part part, int number) implements RowSource {
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
            part.block(number).decodeTimes(target);
        }

        @Override
        public Presence longs(int fieldIndex, long[] target, long[] presence) {
            return new InMemory(part.block(number)).longs(fieldIndex, target, presence);
        }

        @Override
        public Presence doubles(int fieldIndex, double[] target, long[] presence) {
            return new InMemory(part.block(number)).doubles(fieldIndex, target, presence);
        }

        @Override
        public Presence stringIds(int fieldIndex, int[] target, long[] presence) {
            return new InMemory(part.block(number)).stringIds(fieldIndex, target, presence);
        }

        @Override
        public String[] dictionary(int fieldIndex) {
            return new InMemory(part.block(number)).dictionary(fieldIndex);
        }

        @Override
        public Block block(Sealer sealer) {
            return part.block(number);
        }
    }

    /// Rows of an open buffer in ascending order.
    record Open(OpenRows rows) implements RowSource {
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
        public @Nullable ColumnStatistics statistics(int fieldIndex) {
            return null;
        }

        @Override
        public void times(long[] target) {
            rows.times(target);
        }

        @Override
        public Presence longs(int fieldIndex, long[] target, long[] presence) {
            return rows.longs(fieldIndex, target, presence);
        }

        @Override
        public Presence doubles(int fieldIndex, double[] target, long[] presence) {
            return rows.doubles(fieldIndex, target, presence);
        }

        @Override
        public Presence stringIds(int fieldIndex, int[] target, long[] presence) {
            return rows.stringIds(fieldIndex, target, presence);
        }

        @Override
        public String[] dictionary(int fieldIndex) {
            return rows.dictionary(fieldIndex);
        }

        @Override
        public Block block(Sealer sealer) {
            return sealer.seal(rows);
        }
    }
}
