package io.tsdb.storage.schema;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// One database, from its creation to its drop: a number, and the measurements there are.
///
/// Changed by its [Catalog] alone; read by any thread. Once dropped it stays as it was.
public final class DatabaseSchema {
    private final int number;
    private final String name;
    private final Map<String, MeasurementSchema> byName = new ConcurrentHashMap<>();
    private final Map<Integer, MeasurementSchema> byNumber = new ConcurrentHashMap<>();
    private int nextMeasurement = 1;
    private final AtomicInteger dropCount = new AtomicInteger();
    private volatile boolean live = true;
    private volatile Retention retention = Retention.INHERITED;

    DatabaseSchema(int number, String name) {
        this.number = number;
        this.name = name;
    }

    /// Never used again in this store.
    public int number() {
        return number;
    }

    public String name() {
        return name;
    }

    /// Whether it was not dropped.
    public boolean isLive() {
        return live;
    }

    /// How long rows of its measurements are kept that have no limit of their own.
    public Retention retention() {
        return retention;
    }

    void retention(Retention changed) {
        retention = changed;
    }

    /// Measurements dropped so far: what was remembered of this database at another count may be
    /// void.
    public int dropCount() {
        return dropCount.get();
    }

    public @Nullable MeasurementSchema measurement(String measurement) {
        return byName.get(measurement);
    }

    public @Nullable MeasurementSchema measurement(int measurement) {
        return byNumber.get(measurement);
    }

    public int measurementCount() {
        return byName.size();
    }

    Map<String, MeasurementSchema> measurements() {
        return byName;
    }

    int nextMeasurement() {
        return nextMeasurement;
    }

    void nextMeasurement(int next) {
        nextMeasurement = next;
    }

    MeasurementSchema add(String measurement) {
        return add(nextMeasurement++, measurement);
    }

    MeasurementSchema add(int measurementNumber, String measurement) {
        var added = new MeasurementSchema(this, measurementNumber, measurement);
        byNumber.put(measurementNumber, added);
        byName.put(measurement, added);
        return added;
    }

    void drop(MeasurementSchema measurement) {
        byName.remove(measurement.name());
        byNumber.remove(measurement.number());
        dropCount.incrementAndGet();
    }

    void end() {
        live = false;
    }

    @Override
    public String toString() {
        return name + " (" + number + ")";
    }
}
