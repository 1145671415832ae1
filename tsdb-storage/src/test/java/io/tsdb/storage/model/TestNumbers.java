package io.tsdb.storage.model;

import java.util.List;

/// Numbers for batches of tests that have no catalog: by the order of first mention.
public final class TestNumbers {
    private TestNumbers() {}

    /// Gives everything in a batch that has no number one.
    public static PointBatch number(PointBatch batch) {
        return number(batch, 1);
    }

    public static PointBatch number(PointBatch batch, int database) {
        batch.number(database, 0);
        List<MeasurementRows> measurements = batch.measurements();
        for (int m = 0; m < measurements.size(); m++) {
            MeasurementRows rows = measurements.get(m);
            rows.number(m + 1);
            for (int field = 0; field < rows.columns().size(); field++) {
                rows.columns().get(field).number(field);
            }
        }
        return batch;
    }
}
