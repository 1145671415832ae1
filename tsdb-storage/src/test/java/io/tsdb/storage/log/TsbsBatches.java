package io.tsdb.storage.log;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.TestNumbers;

import java.util.Random;

/// Batches of the shape of the TSBS `cpu` measurement: ten integers in 0..100 that walk at random,
/// every host once each ten seconds.
final class TsbsBatches {
    private TsbsBatches() {}

    static PointBatch cpu(int rowCount, int hostCount) {
        var random = new Random(1);
        var batch = new PointBatch("benchmark");
        MeasurementRows rows = batch.rows("cpu");
        FieldColumn[] columns = new FieldColumn[10];
        for (int c = 0; c < columns.length; c++) {
            columns[c] = rows.column("usage_field_" + c, FieldType.INT64);
        }
        for (int i = 0; i < rowCount; i++) {
            long time = 1_451_606_400_000_000_000L + i / hostCount * 10_000_000_000L;
            int row = rows.addRow(i % hostCount, time);
            for (FieldColumn column : columns) {
                column.put(row, random.nextInt(101));
            }
        }
        return TestNumbers.number(batch);
    }
}
