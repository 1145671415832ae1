package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// `count(x)`: rows with a value; `count(*)`, which counts the rows' times: rows.
public final class CountAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "count";
    }

    @Override
    public String usage() {
        return "count(*) or count([DISTINCT] value)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return Optional.of(ColumnType.INT64);
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return List.of(ColumnType.INT64);
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        return new Counts(memory);
    }

    private static final class Counts implements Accumulator {
        private static final int SLOT_BYTES = 8;

        private final MemoryAccount memory;
        private long[] counts = {};

        Counts(MemoryAccount memory) {
            this.memory = memory;
        }

        @Override
        public void ensureSlots(int count) {
            if (count > counts.length) {
                counts =
                        Arrays.copyOf(
                                counts,
                                SlotArrays.capacity(count, counts.length, SLOT_BYTES, memory));
            }
        }

        @Override
        public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
            counts[slot] += PresenceBits.count(values, from, to);
        }

        @Override
        public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
            long[] all = counts;
            if (values.allPresent()) {
                for (int i = 0; i < count; i++) {
                    all[slots[i]]++;
                }
            } else {
                long[] presence = values.presence();
                for (int i = 0; i < count; i++) {
                    all[slots[i]] += presence[i >>> 6] >>> i & 1;
                }
            }
        }

        @Override
        public boolean addStatistics(int slot, ColumnStatistics statistics) {
            counts[slot] += statistics.count();
            return true;
        }

        @Override
        public void writeState(int from, int count, ColumnVector[] state) {
            System.arraycopy(counts, from, state[0].longs(), 0, count);
            state[0].setAllPresent();
        }

        @Override
        public void mergeState(int[] slots, ColumnVector[] state, int count) {
            long[] partial = state[0].longs();
            for (int i = 0; i < count; i++) {
                counts[slots[i]] += partial[i];
            }
        }

        @Override
        public void writeResult(int from, int count, ColumnVector result, Position position) {
            System.arraycopy(counts, from, result.longs(), 0, count);
            result.setAllPresent();
        }
    }
}
