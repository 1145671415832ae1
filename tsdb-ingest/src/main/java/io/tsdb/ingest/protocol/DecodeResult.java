package io.tsdb.ingest.protocol;

import io.tsdb.ingest.batch.RequestBatches;
import io.tsdb.storage.model.PointBatch;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// What became of a request's lines. Immutable but for its batches, which go back to the
/// connection's pool by [#release()].
public final class DecodeResult {
    private final RequestBatches batches;
    private final @Nullable PointBatch[] byShard;
    private final int acceptedLines;
    private final List<LineError> errors;
    private final int errorCount;
    private final StrippedTime strippedTime;

    /// Fields named `time`, which were taken out of their points.
    ///
    /// @param count of such fields
    /// @param measurement of the first one; empty when there was none
    public record StrippedTime(int count, String measurement) {
        public static final StrippedTime NONE = new StrippedTime(0, "");
    }

    /// For decoders.
    public DecodeResult(
            RequestBatches batches,
            int acceptedLines,
            List<LineError> errors,
            int errorCount,
            StrippedTime strippedTime) {
        this.batches = batches;
        this.byShard = batches.byShard();
        this.acceptedLines = acceptedLines;
        this.errors = List.copyOf(errors);
        this.errorCount = errorCount;
        this.strippedTime = strippedTime;
    }

    /// Points of the accepted lines, by shard; null where a shard has none. Not to be read after
    /// [#release()].
    public @Nullable PointBatch[] batches() {
        return byShard;
    }

    /// Lines that became points; comments and blank lines count nowhere.
    public int acceptedLines() {
        return acceptedLines;
    }

    /// The first refused lines, in order; at most [DecodeLimits#errorsMax()].
    public List<LineError> errors() {
        return errors;
    }

    /// All refused lines.
    public int errorCount() {
        return errorCount;
    }

    /// Fields named `time` that were stripped from accepted lines.
    public int strippedTimeFields() {
        return strippedTime.count();
    }

    public StrippedTime strippedTime() {
        return strippedTime;
    }

    /// Gives the batches back, once nobody reads them: after the write's callback, or at once when
    /// the request is dropped. Any thread; at most once.
    public void release() {
        batches.release();
    }
}
