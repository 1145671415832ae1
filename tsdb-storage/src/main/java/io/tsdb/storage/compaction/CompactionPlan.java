package io.tsdb.storage.compaction;

import io.tsdb.storage.part.PartSummary;

import java.util.List;

/// Parts of one measurement that are to be replaced by others with the same rows.
///
/// @param inputs by rank; no other part of the measurement lies between them in log and time
/// @param outputs spans of the new parts, ascending, that cover the inputs' rows; a span without
///   rows makes no part
public record CompactionPlan(List<PartSummary> inputs, List<PartitionPlan.Span> outputs) {
    public CompactionPlan {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /// Bytes to be read.
    public long inputBytes() {
        return inputs.stream().mapToLong(PartSummary::sizeBytes).sum();
    }
}
