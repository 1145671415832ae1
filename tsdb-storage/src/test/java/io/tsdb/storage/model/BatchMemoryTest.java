package io.tsdb.storage.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.Map;

/// What batches count of their memory, and where they stop.
class BatchMemoryTest {
    @Test
    void countsArraysWhenTheyGrowAndNotValuesThatFit() {
        var memory = new BatchMemory(1 << 20);
        var batch = new PointBatch("d", memory);
        MeasurementRows rows = batch.rows("m");
        rows.column("f", FieldType.INT64).put(rows.addRow(0, 1), 1);
        long one = memory.usedBytes();
        assertThat(one).isGreaterThan(64 * 20);
        for (int i = 1; i < 64; i++) {
            rows.column("f", FieldType.INT64).put(rows.addRow(0, i), i);
        }
        assertThat(memory.usedBytes()).isEqualTo(one);
        rows.column("f", FieldType.INT64).put(rows.addRow(0, 64), 64);
        assertThat(memory.usedBytes()).isEqualTo(one + 64 * 20);
    }

    @Test
    void countsAColumnAsLongAsItsHighestRow() {
        var memory = new BatchMemory(1 << 20);
        MeasurementRows rows = new PointBatch("d", memory).rows("m");
        for (int i = 0; i < 1000; i++) {
            rows.addRow(0, i);
        }
        long before = memory.usedBytes();
        rows.column("late", FieldType.BOOL).put(rows.addRow(0, 1000), 1);
        assertThat(memory.usedBytes() - before).isGreaterThan(1000 * 8);
    }

    @Test
    void refusesToGrowBeyondTheLimitAndCountsNothingThen() {
        var memory = new BatchMemory(100_000);
        MeasurementRows rows = new PointBatch("d", memory).rows("m");
        FieldColumn text = rows.column("s", FieldType.STRING);
        byte[] value = new byte[200_000];
        long before = memory.usedBytes();
        int row = rows.addRow(0, 1);
        assertThatThrownBy(() -> text.putString(row, value, 0, value.length))
                .isInstanceOf(ResourceLimitException.class)
                .hasMessageContaining("is limited to 100000");
        assertThat(memory.usedBytes()).isEqualTo(before);
    }

    @Test
    void comesBackToTheSameAfterEachUse() {
        var memory = new BatchMemory(1 << 20);
        var batch = new PointBatch("d", memory);
        long afterFirst = 0;
        for (int use = 0; use < 10; use++) {
            MeasurementRows rows = batch.rows("m");
            for (int i = 0; i < 500; i++) {
                int row = rows.addRow(rows.addNewSeries(SeriesKey.of("m", Map.of("t", "" + i))), i);
                if (i % 3 == 0) {
                    rows.column("f", FieldType.FLOAT64).put(row, i); // with presence bits
                }
            }
            if (use == 0) {
                afterFirst = memory.usedBytes();
            }
            assertThat(memory.usedBytes()).isEqualTo(afterFirst);
            batch.clear();
        }
    }
}
