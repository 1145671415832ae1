package io.tsdb.cluster.node.server;

import io.tsdb.cluster.node.transfer.RowLines;
import io.tsdb.ingest.batch.PointSink;
import io.tsdb.ingest.batch.PointSink.WriteResult;
import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.LineError;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.ingest.protocol.ProtocolDecoder;
import io.tsdb.ingest.transport.IngestCounters;
import io.tsdb.query.analysis.AnalyzedInsert;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.rows.RowStore;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.ResourceLimitException;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// Writes the rows of an `INSERT` by the path of all other writes, as line protocol in pieces: each
/// is durable before the next begins. Any thread.
final class RowInsertion {
    /// Rows of one piece are written as one request is.
    private static final int PIECE_BYTES = 4 << 20;

    /// What a piece takes while it is written, for a byte of its text: the text, and its points.
    private static final int BYTES_PER_BYTE = 4;

    private final PointSink sink;
    private final Supplier<ProtocolDecoder> decoders;
    private final DecodeLimits limits;
    private final IngestCounters counters;

    RowInsertion(
            PointSink sink,
            Supplier<ProtocolDecoder> decoders,
            DecodeLimits limits,
            IngestCounters counters) {
        this.sink = sink;
        this.decoders = decoders;
        this.limits = limits;
        this.counters = counters;
    }

    /// @return how many rows were written: all
    long insert(AnalyzedInsert target, RowStore rows, QueryControl control) {
        MemoryAccount memory = control.memory().account();
        memory.reserve(Math.min(PIECE_BYTES, 256L * rows.size()) * BYTES_PER_BYTE);
        long written = 0;
        var lines = new RowLines(target, rows);
        try (ProtocolDecoder decoder = decoders.get()) {
            for (int count = lines.fill(PIECE_BYTES); count > 0; count = lines.fill(PIECE_BYTES)) {
                control.check();
                decoder.begin(target.database(), Precision.NS, 0, limits);
                decoder.decode(lines.bytes(), 0, lines.size());
                write(decoder.end(), lines);
                written += count;
                counters.linesWritten.add(count);
            }
        } catch (IllegalArgumentException e) {
            throw refusal(QueryErrorCode.INVALID_VALUE, String.valueOf(e.getMessage()), written);
        } catch (ResourceLimitException e) {
            throw refusal(QueryErrorCode.LIMIT_EXCEEDED, String.valueOf(e.getMessage()), written);
        } catch (QueryException e) {
            throw refusal(e.code(), e.text(), written);
        }
        return written;
    }

    /// Every error says what was written before it. Where the write itself failed, shards may have
    /// taken their part.
    private static QueryException refusal(QueryErrorCode code, String text, long written) {
        boolean mayBeThere =
                switch (code) {
                    case OVERLOADED, DISK_FULL, WRITE_FAILED -> true;
                    default -> false;
                };
        String before =
                written == 0 ? "no row was written" : "the first " + written + " rows were written";
        return new QueryException(
                code,
                Position.NONE,
                text
                        + "; "
                        + (mayBeThere
                                ? before
                                        + ", of those behind some may be; writing them again is"
                                        + " harmless"
                                : before));
    }

    private void write(DecodeResult result, RowLines lines) {
        try {
            requireAll(result, lines);
            var outcome = new CompletableFuture<WriteResult>();
            sink.write(result.points(), outcome::complete);
            switch (outcome.join()) {
                case WriteResult.Acknowledged() -> {
                    // durable and visible
                }
                case WriteResult.Overloaded(String reason, _) ->
                        throw failure(QueryErrorCode.OVERLOADED, reason + "; send again");
                case WriteResult.DiskFull(String reason, _) ->
                        throw failure(QueryErrorCode.DISK_FULL, reason);
                case WriteResult.TooLarge(String reason) ->
                        throw failure(QueryErrorCode.WRITE_FAILED, "write failed: " + reason);
                case WriteResult.Failed(String reason) ->
                        throw failure(QueryErrorCode.WRITE_FAILED, "write failed: " + reason);
                case WriteResult.Conflicting(var conflicts) ->
                        requireAll(result.without(conflicts), lines);
            }
        } finally {
            result.release();
        }
    }

    private static void requireAll(DecodeResult result, RowLines lines) {
        if (result.errorCount() > 0) {
            LineError first = result.errors().getFirst();
            throw failure(
                    first.kind() == LineError.Kind.SCHEMA_LIMIT
                            ? QueryErrorCode.LIMIT_EXCEEDED
                            : QueryErrorCode.INVALID_VALUE,
                    "row " + lines.rowOf(first.lineNumber()) + ": " + first.message());
        }
    }

    private static QueryException failure(QueryErrorCode code, String text) {
        return new QueryException(code, Position.NONE, text);
    }
}
