package io.tsdb.query.function.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.function.Functions;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.scan.ColumnStatistics;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/// Every aggregate over every type it takes: rows that are split at random, taken in by whichever
/// way fits a piece, and merged in any order give what one pass over them gives.
class AggregateContractTest {
    private static final int SLOTS = 5;
    private static final int ROWS = 600;
    private static final int ROUNDS = 40;
    private static final long SEED = Long.getLong("tsdb.seed", 20_261_126L);

    /// Rows in the order of their times; several rows of one time lie in different pieces.
    ///
    /// @param slots group of each row
    /// @param more second arguments
    private record Rows(ColumnVector values, ColumnVector more, long[] times, int[] slots) {}

    @TestFactory
    Stream<DynamicTest> splitAndMergedIsOnePass() {
        var all = new ArrayList<>(Functions.aggregates());
        all.add(Functions.COUNT_DISTINCT);
        for (String name : List.of("sum", "avg", "median", "string_agg", "histogram")) {
            all.add(new DistinctAggregate(Functions.aggregate(name).orElseThrow()));
        }
        return all.stream()
                .flatMap(
                        function ->
                                Stream.of(ColumnType.values())
                                        .filter(type -> fits(function, type))
                                        .map(type -> test(function, type)));
    }

    /// Those of pairs have numbers for the second one.
    private static boolean fits(AggregateFunction function, ColumnType type) {
        List<ColumnType> types =
                function.argumentCount() == 1 ? List.of(type) : List.of(type, ColumnType.FLOAT64);
        return function.resultType(type).isPresent()
                && function.argumentTypes(types).equals(Optional.of(types));
    }

    private static DynamicTest test(AggregateFunction function, ColumnType type) {
        return DynamicTest.dynamicTest(
                function.name() + " of " + type.sqlName(),
                () -> {
                    for (long round = 0; round < ROUNDS; round++) {
                        var random = new Random(SEED + round);
                        Rows rows = rows(type, random);
                        assertThat(split(function, type, rows, random))
                                .as("seed %s", SEED + round)
                                .usingElementComparator(AggregateContractTest::compare)
                                .containsExactlyElementsOf(onePass(function, type, rows));
                    }
                });
    }

    private static Rows rows(ColumnType type, Random random) {
        var values = new ColumnVector(type);
        var times = new long[ColumnVector.ROWS_MAX];
        var slots = new int[ROWS];
        double nulls = random.nextInt(4) / 3.0;
        String[] texts = {"", "a", "b", "ab", "\u00e9", "z\"|:3"};
        values.setDictionary(texts, texts.length);
        for (int i = 0; i < ROWS; i++) {
            times[i] = i - 300L;
            slots[i] = random.nextInt(SLOTS);
            switch (type) {
                case TIMESTAMP, INT64 -> values.longs()[i] = random.nextInt(2_001) - 1_000L;
                // as large as sums that stay below 2^64 allow
                case UINT64 -> values.longs()[i] = Uint64.fold(random.nextLong(1L << 54));
                case BOOL -> values.longs()[i] = random.nextInt(2);
                case FLOAT64 -> values.doubles()[i] = (random.nextInt(2_001) - 1_000) / 8.0;
                case STRING -> values.ids()[i] = random.nextInt(texts.length);
            }
            if (random.nextDouble() < nulls) {
                values.setNull(i);
            }
        }
        var more = new ColumnVector(ColumnType.FLOAT64);
        for (int i = 0; i < ROWS; i++) {
            more.doubles()[i] = random.nextInt(500) / 4.0;
            if (random.nextInt(10) == 0) {
                more.setNull(i);
            }
        }
        return new Rows(values, more, times, slots);
    }

    private static List<Object> onePass(AggregateFunction function, ColumnType type, Rows rows) {
        Accumulator whole = function.accumulator(type, MemoryAccount.unlimited());
        whole.ensureSlots(SLOTS);
        whole.setMore(new ColumnVector[] {rows.more()});
        whole.addRows(rows.slots(), rows.values(), rows.times(), ROWS);
        return results(function, type, whole);
    }

    private static List<Object> split(
            AggregateFunction function, ColumnType type, Rows rows, Random random) {
        int pieces = 1 + random.nextInt(6);
        var owner = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            owner[i] = random.nextInt(pieces);
        }
        var order = new ArrayList<Integer>();
        for (int piece = 0; piece < pieces; piece++) {
            order.add(piece);
        }
        Collections.shuffle(order, random);
        Accumulator merged = function.accumulator(type, MemoryAccount.unlimited());
        merged.ensureSlots(SLOTS);
        for (int piece : order) {
            Accumulator partial = function.accumulator(type, MemoryAccount.unlimited());
            partial.ensureSlots(SLOTS);
            for (int slot = 0; slot < SLOTS; slot++) {
                takeIn(partial, slot, piece, owner, rows, random);
            }
            merge(function, type, partial, merged, random);
        }
        return results(function, type, merged);
    }

    /// The rows of a slot and piece: as a range, by statistics, or row by row.
    private static void takeIn(
            Accumulator partial, int slot, int piece, int[] owner, Rows rows, Random random) {
        var selection = new int[ROWS];
        int count = 0;
        for (int i = 0; i < ROWS; i++) {
            if (owner[i] == piece && rows.slots()[i] == slot) {
                selection[count++] = i;
            }
        }
        var values = new ColumnVector(rows.values().type());
        values.gather(rows.values(), selection, count);
        var more = new ColumnVector(ColumnType.FLOAT64);
        more.gather(rows.more(), selection, count);
        partial.setMore(new ColumnVector[] {more});
        var times = new long[ColumnVector.ROWS_MAX];
        for (int i = 0; i < count; i++) {
            times[i] = rows.times()[selection[i]];
        }
        int from = 0;
        while (from < count) {
            int to = from + 1 + random.nextInt(count - from);
            boolean taken = false;
            if (random.nextInt(3) == 0 && rows.values().type() != ColumnType.TIMESTAMP) {
                taken = partial.addStatistics(slot, statistics(values, times, from, to));
            }
            if (!taken && random.nextBoolean() && from == 0) {
                var slots = new int[to];
                Arrays.fill(slots, slot);
                partial.addRows(slots, values, times, to);
                taken = true;
            }
            if (!taken) {
                partial.addRange(slot, values, times, from, to);
            }
            from = to;
        }
    }

    /// What storage says of a block of these rows.
    private static ColumnStatistics statistics(
            ColumnVector values, long[] times, int from, int to) {
        FieldType type = FieldType.valueOf(values.type().name());
        int count = 0;
        int first = -1;
        int last = -1;
        long sum = 0;
        double doubleSum = 0;
        for (int i = from; i < to; i++) {
            if (values.isPresent(i)) {
                first = count++ == 0 ? i : first;
                last = i;
                long number = type == FieldType.FLOAT64 ? 0 : bits(values, i);
                sum += type == FieldType.UINT64 ? Uint64.fold(number) : number;
                doubleSum += type == FieldType.FLOAT64 ? values.doubles()[i] : 0;
            }
        }
        if (count == 0) {
            return new ColumnStatistics(type, 0, 0, true, 0, 0, 0, 0, 0, 0);
        }
        int smallest = first;
        int largest = first;
        for (int i = from; i < to; i++) {
            if (values.isPresent(i)) {
                smallest = less(values, i, smallest) ? i : smallest;
                largest = less(values, largest, i) ? i : largest;
            }
        }
        return new ColumnStatistics(
                type,
                count,
                type == FieldType.FLOAT64 ? Double.doubleToRawLongBits(doubleSum) : sum,
                true,
                bits(values, smallest),
                bits(values, largest),
                bits(values, first),
                bits(values, last),
                times[first],
                times[last]);
    }

    private static long bits(ColumnVector values, int row) {
        return switch (values.type()) {
            case TIMESTAMP, INT64, UINT64, BOOL -> values.longs()[row];
            case FLOAT64 -> Double.doubleToRawLongBits(values.doubles()[row]);
            case STRING -> 0;
        };
    }

    private static boolean less(ColumnVector values, int a, int b) {
        return values.type() == ColumnType.FLOAT64
                ? values.doubles()[a] < values.doubles()[b]
                : bits(values, a) < bits(values, b);
    }

    /// Hands the states over as a shard does: in columns, some slots at a time.
    private static void merge(
            AggregateFunction function,
            ColumnType type,
            Accumulator from,
            Accumulator into,
            Random random) {
        int at = 0;
        while (at < SLOTS) {
            int count = 1 + random.nextInt(SLOTS - at);
            List<ColumnType> types = function.stateTypes(type);
            var state = new ColumnVector[types.size()];
            for (int i = 0; i < state.length; i++) {
                state[i] = new ColumnVector(types.get(i));
            }
            from.writeState(at, count, state);
            var slots = new int[count];
            for (int i = 0; i < count; i++) {
                slots[i] = at + i;
            }
            into.mergeState(slots, state, count);
            at += count;
        }
    }

    private static List<Object> results(
            AggregateFunction function, ColumnType type, Accumulator accumulator) {
        ColumnType resultType = function.resultType(type).orElseThrow();
        var result = new ColumnVector(resultType);
        accumulator.writeResult(0, SLOTS, result, Position.NONE);
        var values = new ArrayList<Object>();
        for (int slot = 0; slot < SLOTS; slot++) {
            if (!result.isPresent(slot)) {
                values.add("null");
            } else {
                values.add(
                        switch (resultType) {
                            case TIMESTAMP, INT64, UINT64, BOOL -> result.longs()[slot];
                            case FLOAT64 -> result.doubles()[slot];
                            case STRING -> "text " + result.string(slot);
                        });
            }
        }
        return values;
    }

    /// Sums of doubles may differ in their last bits.
    private static int compare(Object a, Object b) {
        if (a instanceof Double x && b instanceof Double y) {
            return Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(x)) ? 0 : Double.compare(x, y);
        }
        return a.equals(b) ? 0 : 1;
    }

    /// A sum that leaves 64 bits on its way and comes back is no overflow, whatever the split; one
    /// that stays outside is an error that names the call.
    @Test
    void overflowsByTheWholeSumOnly() {
        AggregateFunction sum = Functions.aggregate("sum").orElseThrow();
        var values = new ColumnVector(ColumnType.INT64);
        values.longs()[0] = Long.MAX_VALUE;
        values.longs()[1] = Long.MAX_VALUE;
        values.longs()[2] = -Long.MAX_VALUE;
        Accumulator total = sum.accumulator(ColumnType.INT64, MemoryAccount.unlimited());
        total.ensureSlots(1);
        total.addRange(0, values, new long[ColumnVector.ROWS_MAX], 0, 3);
        var result = new ColumnVector(ColumnType.INT64);
        total.writeResult(0, 1, result, Position.NONE);
        assertThat(result.longs()[0]).isEqualTo(Long.MAX_VALUE);
        total.addRange(0, values, new long[ColumnVector.ROWS_MAX], 0, 1);
        assertThatThrownBy(() -> total.writeResult(0, 1, result, new Position(1, 8)))
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> assertThat(e.code()).isEqualTo(QueryErrorCode.OUT_OF_RANGE));
    }
}
