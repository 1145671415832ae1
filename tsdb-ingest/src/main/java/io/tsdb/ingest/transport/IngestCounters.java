package io.tsdb.ingest.transport;

import io.tsdb.ingest.protocol.RefusedLines;
import io.tsdb.storage.model.DurationHistogram;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// What was written since start; the node exposes these as metrics. Any thread.
public final class IngestCounters {
    /// Write requests answered, whatever the answer.
    public final LongAdder writeRequests = new LongAdder();

    /// Bytes of write bodies as sent (compressed).
    public final LongAdder writeBytesRaw = new LongAdder();

    /// Bytes of line protocol after inflation, HTTP and TCP.
    public final LongAdder lineBytes = new LongAdder();

    /// Lines acknowledged.
    public final LongAdder linesWritten = new LongAdder();

    /// Lines refused: not parsed, type conflict, limit.
    public final LongAdder linesRefused = new LongAdder();

    /// Of these, lines that are no points.
    public final LongAdder linesUnparsed = new LongAdder();

    /// Of these, points that the schema or a limit does not take.
    public final LongAdder linesDropped = new LongAdder();

    /// From the head of a write request to its answer, whatever the answer.
    public final DurationHistogram writeDurations = new DurationHistogram();

    private final Map<Integer, LongAdder> answers = new ConcurrentHashMap<>();

    /// Write requests answered 503 because too many points waited or the node was overloaded.
    public final LongAdder writesOverloaded = new LongAdder();

    /// Writes that the log failed on.
    public final LongAdder writesFailed = new LongAdder();

    /// Lines read from TCP that could not be written because the log failed.
    public final LongAdder tcpLinesLost = new LongAdder();

    /// A write request was answered.
    void answered(int status, long nanos) {
        writeRequests.increment();
        writeDurations.record(nanos);
        LongAdder count = answers.get(status);
        if (count == null) {
            count = answers.computeIfAbsent(status, _ -> new LongAdder());
        }
        count.increment();
    }

    /// Lines of a request, or of TCP, were refused.
    void refused(RefusedLines refused) {
        linesRefused.add(refused.count());
        linesUnparsed.add(refused.unparsedCount());
        linesDropped.add(refused.droppedCount());
    }

    /// More lines of it were: another request defined something otherwise.
    void dropped(int count) {
        linesRefused.add(count);
        linesDropped.add(count);
    }

    /// How many write requests were answered with each status.
    public Map<Integer, Long> answers() {
        var counts = new TreeMap<Integer, Long>();
        answers.forEach((status, count) -> counts.put(status, count.sum()));
        return counts;
    }
}
