package io.tsdb.loadgen.replay;

import io.tsdb.loadgen.load.BatchSource;
import io.tsdb.loadgen.workload.LineBuffer;
import io.tsdb.loadgen.workload.Precision;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// Batches of recorded points: a batch is due when its last point was recorded, counted from the
/// first point and divided by the speed.
public final class ReplaySource implements BatchSource {
    private static final long SPAN_NANOS = 1_000_000_000L;

    private final RecordedLines lines;
    private final double speed;
    private final int batchLines;
    private final long shiftNanos;
    private final LineBuffer ahead = new LineBuffer(1 << 16);
    private boolean hasLine;
    private final long firstNanos;
    private long aheadNanos;
    private long batch;

    /// @param speed recorded seconds a second; 0 for as fast as answers come
    /// @param startNanos time that the first point gets, the others moving along; [Long#MIN_VALUE]
    ///   to keep the times
    public ReplaySource(RecordedLines lines, double speed, int batchLines, long startNanos)
            throws IOException {
        this.lines = lines;
        this.speed = speed;
        this.batchLines = batchLines;
        hasLine = lines.advance();
        firstNanos = hasLine ? lines.nanos() : 0;
        shiftNanos = startNanos == Long.MIN_VALUE ? 0 : startNanos - firstNanos;
        readAhead();
    }

    /// Opens a line protocol file, plain or gzip.
    public static RecordedLines lineProtocol(Path file, Precision precision) throws IOException {
        return new LineProtocolLines(reader(file), precision);
    }

    /// Opens a CSV file, plain or gzip.
    public static RecordedLines csv(Path file, CsvMapping mapping) throws IOException {
        return new CsvLines(reader(file), mapping);
    }

    private static BufferedReader reader(Path file) throws IOException {
        InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        InputStream input =
                file.toString().endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw;
        return new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8), 1 << 16);
    }

    /// Collects the next batch: up to `batchLines` points, and at a speed not more than a second of
    /// sending time.
    private void readAhead() throws IOException {
        ahead.clear();
        aheadNanos = firstNanos;
        long begin = hasLine ? lines.nanos() : 0;
        while (hasLine
                && ahead.lines() < batchLines
                && (speed == 0 || lines.nanos() - begin <= SPAN_NANOS * speed)) {
            byte[] line =
                    (lines.text() + " " + (lines.nanos() + shiftNanos) + "\n")
                            .getBytes(StandardCharsets.UTF_8);
            ahead.appendLine(line, 0, line.length, lines.valueCount());
            aheadNanos = Math.max(aheadNanos, lines.nanos());
            hasLine = lines.advance();
        }
    }

    @Override
    public boolean hasNext() {
        return ahead.lines() > 0;
    }

    @Override
    public long dueNanos() {
        return speed == 0 ? AT_ONCE : (long) ((aheadNanos - firstNanos) / speed);
    }

    @Override
    public long next(LineBuffer target) throws IOException {
        target.set(ahead);
        readAhead();
        return batch++;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
