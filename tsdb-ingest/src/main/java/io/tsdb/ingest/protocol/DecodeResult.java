package io.tsdb.ingest.protocol;

import io.tsdb.ingest.batch.PendingLine;
import io.tsdb.ingest.batch.PendingRows;
import io.tsdb.ingest.batch.RequestBatches;
import io.tsdb.ingest.batch.RequestPoints;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.schema.DefinitionConflict;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What became of a request's lines. Immutable but for its batches, which go back to the
/// connection's pool by [#release()].
public final class DecodeResult {
    private final RequestBatches batches;
    private final RequestPoints points;
    private final int acceptedLines;
    private final RefusedLines refused;
    private final StrippedTime strippedTime;
    private final Rules rules;

    /// How lines are refused.
    ///
    /// @param lenientTypes whether an integer sent to a float64 field is a float
    /// @param errorsMax refused lines that are described
    public record Rules(boolean lenientTypes, int errorsMax) {}

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
            RefusedLines refused,
            StrippedTime strippedTime,
            Rules rules) {
        this.batches = batches;
        this.points = batches.points();
        this.acceptedLines = acceptedLines;
        this.refused = refused;
        this.strippedTime = strippedTime;
        this.rules = rules;
    }

    /// Points of the accepted lines, by shard; null where a shard has none. Not to be read after
    /// [#release()].
    public @Nullable PointBatch[] batches() {
        return points.byShard();
    }

    /// The points with what must be defined for them. Not to be read after [#release()].
    public RequestPoints points() {
        return points;
    }

    /// What is left of the request when others defined something otherwise first: lines with it are
    /// refused like lines that met the definition when they were read. This result is void then.
    public DecodeResult without(List<DefinitionConflict> conflicts) {
        List<PendingRows.Refused> more = batches.refuse(conflicts, rules.lenientTypes());
        var all = new ArrayList<>(refused.described());
        for (PendingRows.Refused each : more) {
            PendingLine line = each.line();
            if (line != null) {
                all.add(error(line, each.why()));
            }
        }
        all.sort(Comparator.comparingLong(LineError::lineNumber));
        return new DecodeResult(
                batches,
                acceptedLines - more.size(),
                new RefusedLines(
                        all.subList(0, Math.min(all.size(), rules.errorsMax())),
                        refused.unparsedCount(),
                        refused.droppedCount() + more.size()),
                strippedTime,
                rules);
    }

    private static LineError error(PendingLine line, DefinitionConflict why) {
        return switch (why) {
            case DefinitionConflict.Type(
                            String measurement,
                            String name,
                            FieldType asked,
                            FieldType existing) -> {
                var types = new LineError.TypeConflict(measurement, name, asked, existing);
                for (PendingLine.Field field : line.fields()) {
                    if (field.name().equals(name)) {
                        yield LineError.of(
                                types, field.lineNumber(), field.column(), line.originalLine());
                    }
                }
                yield LineError.of(types, line.lineNumber(), 1, line.originalLine());
            }
            case DefinitionConflict.Name(String measurement, String name, boolean _) ->
                    new LineError(
                            line.lineNumber(),
                            1,
                            line.originalLine(),
                            LineError.Kind.NAME_CONFLICT,
                            "'"
                                    + name
                                    + "' is a tag and a field of measurement '"
                                    + measurement
                                    + "'",
                            null);
        };
    }

    /// Lines that became points; comments and blank lines count nowhere.
    public int acceptedLines() {
        return acceptedLines;
    }

    /// The refused lines; at most [DecodeLimits#errorsMax()] are described.
    public RefusedLines refused() {
        return refused;
    }

    /// The first refused lines, in order; at most [DecodeLimits#errorsMax()].
    public List<LineError> errors() {
        return refused.described();
    }

    /// All refused lines.
    public int errorCount() {
        return refused.count();
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
