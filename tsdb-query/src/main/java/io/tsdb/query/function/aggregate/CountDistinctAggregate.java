package io.tsdb.query.function.aggregate;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.scan.ColumnStatistics;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `count(DISTINCT x)`: how many different values; meant for tags, runs on anything.
///
/// State: the values as one string, each as `length:text`, so that a partial result needs no other
/// column types. Numbers are kept as the text of their 64 bits.
public final class CountDistinctAggregate implements AggregateFunction {
    @Override
    public String name() {
        return "count distinct";
    }

    @Override
    public String usage() {
        return "count(DISTINCT value)";
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return Optional.of(ColumnType.INT64);
    }

    @Override
    public List<ColumnType> stateTypes(ColumnType argument) {
        return List.of(ColumnType.STRING);
    }

    @Override
    public Accumulator accumulator(ColumnType argument) {
        return new Sets(argument);
    }

    private static final class Sets implements Accumulator {
        private final ColumnType type;
        private @Nullable Set<String>[] sets = newSets(0);
        private long textBytes;

        Sets(ColumnType type) {
            this.type = type;
        }

        @SuppressWarnings({"unchecked", "rawtypes"})
        private static @Nullable Set<String>[] newSets(int count) {
            return (Set<String>[]) new Set[count];
        }

        @Override
        public void ensureSlots(int count) {
            if (count > sets.length) {
                sets = Arrays.copyOf(sets, SlotArrays.capacity(count));
            }
        }

        private void add(int slot, String value) {
            Set<String> set = sets[slot];
            if (set == null) {
                set = new HashSet<>();
                sets[slot] = set;
            }
            if (set.add(value)) {
                textBytes += 96 + 2L * value.length();
            }
        }

        private String text(ColumnVector values, int row) {
            return switch (type) {
                case STRING -> values.string(row);
                case FLOAT64 -> {
                    // -0.0 equals 0.0; all NaN are one value
                    double value = values.doubles()[row] + 0.0;
                    yield Long.toString(Double.doubleToLongBits(value), Character.MAX_RADIX);
                }
                case INT64, TIMESTAMP, BOOL ->
                        Long.toString(values.longs()[row], Character.MAX_RADIX);
            };
        }

        @Override
        public void addRange(int slot, ColumnVector values, long[] times, int from, int to) {
            int last = -1;
            for (int i = from; i < to; i++) {
                if (!values.isPresent(i)) {
                    continue;
                }
                if (type == ColumnType.STRING) {
                    if (values.ids()[i] == last) {
                        continue;
                    }
                    last = values.ids()[i];
                }
                add(slot, text(values, i));
            }
        }

        @Override
        public void addRows(int[] slots, ColumnVector values, long[] times, int count) {
            for (int i = 0; i < count; i++) {
                if (values.isPresent(i)) {
                    add(slots[i], text(values, i));
                }
            }
        }

        @Override
        public boolean addStatistics(int slot, ColumnStatistics statistics) {
            return statistics.count() == 0;
        }

        @Override
        public void writeState(int from, int count, ColumnVector[] state) {
            var texts = new String[count];
            for (int i = 0; i < count; i++) {
                texts[i] = encode(sets[from + i]);
            }
            StringSlots.write(texts, 0, count, state[0]);
        }

        private static String encode(@Nullable Set<String> set) {
            var text = new StringBuilder();
            if (set != null) {
                for (String value : set) {
                    text.append(value.length()).append(':').append(value);
                }
            }
            return text.toString();
        }

        @Override
        public void mergeState(int[] slots, ColumnVector[] state, int count) {
            for (int i = 0; i < count; i++) {
                String text = state[0].string(i);
                int at = 0;
                while (at < text.length()) {
                    int colon = text.indexOf(':', at);
                    int length = Integer.parseInt(text, at, colon, 10);
                    at = colon + 1 + length;
                    add(slots[i], text.substring(colon + 1, at));
                }
            }
        }

        @Override
        public void writeResult(int from, int count, ColumnVector result, Position position) {
            result.setAllPresent();
            for (int i = 0; i < count; i++) {
                Set<String> set = sets[from + i];
                result.longs()[i] = set == null ? 0 : set.size();
            }
        }

        @Override
        public long memoryBytes() {
            return 8L * sets.length + textBytes;
        }
    }
}
