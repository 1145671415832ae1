package io.tsdb.storage.shard;

import io.tsdb.storage.model.MeasurementId;

import java.io.IOException;
import java.util.Map;
import java.util.Set;

/// Some measurements of a shard could not be flushed; all others were.
final class FlushFailure extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Set<MeasurementId> measurements;

    /// @param causes measurements that are not in parts, and why
    FlushFailure(Map<MeasurementId, Exception> causes) {
        super(text(causes), causes.values().iterator().next());
        this.measurements = Set.copyOf(causes.keySet());
    }

    private static String text(Map<MeasurementId, Exception> causes) {
        Map.Entry<MeasurementId, Exception> first = causes.entrySet().iterator().next();
        return causes.size()
                + " measurements could not be flushed, the first is "
                + first.getKey()
                + ": "
                + first.getValue().getMessage();
    }

    boolean concerns(MeasurementId measurement) {
        return measurements.contains(measurement);
    }
}
