package io.tsdb.storage.shard;

import io.tsdb.storage.model.MeasurementId;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Up to where the parts of a shard hold what was logged: one index for all measurements, and one
/// of its own for each that is ahead of it (a flush is at work) or behind (its flush fails). Never
/// changes.
///
/// @param logIndex entries up to this one are in the parts
/// @param apart measurements for which another index holds
record LogPositions(long logIndex, Map<MeasurementId, Long> apart) {
    LogPositions {
        var kept = new TreeMap<>(apart);
        kept.values().removeIf(index -> index == logIndex);
        apart = Map.copyOf(kept);
    }

    static LogPositions at(long logIndex) {
        return new LogPositions(logIndex, Map.of());
    }

    /// Rows of the measurement that were logged up to this index are in its parts.
    long of(MeasurementId measurement) {
        return apart.isEmpty() ? logIndex : apart.getOrDefault(measurement, logIndex);
    }

    /// Entries up to this one are in the parts, whatever the measurement: the log may forget them.
    long oldest() {
        return apart.values().stream().mapToLong(Long::longValue).reduce(logIndex, Math::min);
    }

    /// Entries beyond this one are in no part: the log goes on behind it.
    long newest() {
        return apart.values().stream().mapToLong(Long::longValue).reduce(logIndex, Math::max);
    }

    /// All rows of these measurements up to an index are in parts.
    LogPositions written(Collection<MeasurementId> measurements, long index) {
        var moved = new TreeMap<>(apart);
        measurements.forEach(one -> moved.put(one, Math.max(index, of(one))));
        return new LogPositions(logIndex, moved);
    }

    /// All rows up to an index are in parts, but for some measurements, which stay where they are.
    LogPositions reached(long index, Set<MeasurementId> left) {
        var moved = new TreeMap<>(apart);
        moved.replaceAll((one, at) -> left.contains(one) ? at : Math.max(at, index));
        left.forEach(one -> moved.putIfAbsent(one, logIndex));
        return new LogPositions(Math.max(logIndex, index), moved);
    }
}
