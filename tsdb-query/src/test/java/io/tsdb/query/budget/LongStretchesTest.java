package io.tsdb.query.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.query.column.TupleTable;
import io.tsdb.query.function.Functions;
import io.tsdb.query.function.aggregate.Accumulator;
import io.tsdb.query.plan.SortKey;
import io.tsdb.query.rows.RowOrder;
import io.tsdb.query.rows.RowStore;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/// Work that grows with what a query holds, and is not a batch of rows: while it goes on, it looks
/// whether the query was stopped, after so many steps at the latest, and ends at the look that says
/// so.
class LongStretchesTest {
    private static final int ENTRIES = 400_000;
    private static final int STEPS = MemoryAccount.LOOK_STEPS;

    private enum Work {
        SORTED_NUMBERS(LongStretchesTest::sortNumbers),
        SORTED_TEXTS(LongStretchesTest::sortTexts),
        MEDIAN(memory -> aggregate("median", memory)),
        HISTOGRAM(memory -> aggregate("histogram", memory)),
        GROUPS(LongStretchesTest::group),
        DICTIONARY(LongStretchesTest::intern);

        private final Consumer<MemoryAccount> of;

        Work(Consumer<MemoryAccount> of) {
            this.of = of;
        }
    }

    private static final class Looks implements MemoryBudget.Patience {
        private long count;
        private long stopsAt = Long.MAX_VALUE;

        @Override
        public void check() {
            if (++count >= stopsAt) {
                throw new QueryException(QueryErrorCode.CANCELLED, Position.NONE, "stopped");
            }
        }
    }

    private static long run(Work work, Looks looks) {
        var budget = new MemoryBudget(1L << 30, Duration.ZERO);
        try (QueryMemory memory = budget.admit(0, 0, 1L << 30, looks)) {
            work.of.accept(memory.account());
        }
        return looks.count;
    }

    @ParameterizedTest
    @EnumSource
    void looksOnTheWay(Work work) {
        long count = run(work, new Looks());
        assertThat(count).isGreaterThanOrEqualTo(ENTRIES / STEPS);
        for (long at : List.of(1L, count / 2 + 1, count)) {
            var looks = new Looks();
            looks.stopsAt = at;
            assertThatThrownBy(() -> run(work, looks))
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining("stopped");
            assertThat(looks.count).isEqualTo(at);
        }
    }

    private static void fill(ColumnVector column, Random random, int from) {
        if (column.type() == ColumnType.STRING) {
            var texts = new String[ColumnVector.ROWS_MAX];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = Integer.toString(Integer.reverse(from + i));
                column.ids()[i] = i;
            }
            column.setDictionary(texts, texts.length);
        } else {
            for (int i = 0; i < ColumnVector.ROWS_MAX; i++) {
                column.longs()[i] = random.nextLong();
            }
        }
    }

    private static void sort(ColumnType type, MemoryAccount memory) {
        var rows = new RowStore(List.of(type), memory);
        var random = new Random(1);
        var column = new ColumnVector(type);
        for (int from = 0; from < ENTRIES; from += ColumnVector.ROWS_MAX) {
            fill(column, random, from);
            rows.append(new ColumnVector[] {column}, 0, ColumnVector.ROWS_MAX);
        }
        RowOrder.sorted(rows, List.of(new SortKey(0, false, false)), memory);
    }

    private static void sortNumbers(MemoryAccount memory) {
        sort(ColumnType.INT64, memory);
    }

    private static void sortTexts(MemoryAccount memory) {
        sort(ColumnType.STRING, memory);
    }

    /// All rows in one group.
    private static void aggregate(String name, MemoryAccount memory) {
        ColumnType type = name.equals("median") ? ColumnType.INT64 : ColumnType.STRING;
        Accumulator rows = Functions.aggregate(name).orElseThrow().accumulator(type, memory);
        rows.ensureSlots(1);
        var random = new Random(1);
        var column = new ColumnVector(type);
        var times = new long[ColumnVector.ROWS_MAX];
        for (int from = 0; from < ENTRIES; from += ColumnVector.ROWS_MAX) {
            fill(column, random, from);
            rows.addRange(0, column, times, 0, ColumnVector.ROWS_MAX);
        }
        ColumnType to = type == ColumnType.INT64 ? ColumnType.FLOAT64 : ColumnType.STRING;
        rows.writeResult(0, 1, new ColumnVector(to), Position.NONE);
    }

    private static void group(MemoryAccount memory) {
        var groups = new TupleTable(1, memory);
        var tuple = new long[1];
        for (int i = 0; i < ENTRIES; i++) {
            tuple[0] = i;
            groups.slot(tuple, 0);
        }
    }

    private static void intern(MemoryAccount memory) {
        var texts = new StringDictionary(memory);
        for (int i = 0; i < ENTRIES; i++) {
            texts.idOf(Integer.toString(i));
        }
    }
}
