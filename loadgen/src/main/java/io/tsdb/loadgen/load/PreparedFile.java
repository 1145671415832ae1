package io.tsdb.loadgen.load;

import io.tsdb.loadgen.workload.LineBuffer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/// Lines that were prepared in a file, cut into batches before the clock starts; all lanes take
/// from the same row of batches.
public final class PreparedFile implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment text;
    private final long[] ends;
    private final int[] lineCounts;
    private final int count;
    private final int valuesPerLine;
    private final AtomicInteger next = new AtomicInteger();

    /// Maps a file of whole lines.
    ///
    /// @param valuesPerLine field values in each line, for the report
    public PreparedFile(Path path, int batchLines, int valuesPerLine) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            text = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size(), arena);
        }
        this.valuesPerLine = valuesPerLine;
        long[] cuts = new long[1024];
        int[] counts = new int[1024];
        int batches = 0;
        int lines = 0;
        for (long at = 0; at < text.byteSize(); at++) {
            boolean last = at == text.byteSize() - 1;
            if (text.get(ValueLayout.JAVA_BYTE, at) == '\n' || last) {
                lines++;
                if (lines == batchLines || last) {
                    if (batches == cuts.length) {
                        cuts = Arrays.copyOf(cuts, batches * 2);
                        counts = Arrays.copyOf(counts, batches * 2);
                    }
                    cuts[batches] = at + 1;
                    counts[batches++] = lines;
                    lines = 0;
                }
            }
        }
        ends = cuts;
        lineCounts = counts;
        count = batches;
    }

    /// Number of lines in the file.
    public long lines() {
        return Arrays.stream(lineCounts, 0, count).asLongStream().sum();
    }

    /// A lane's view.
    public BatchSource source(Pace pace, int lanes, int batchLines) {
        return new Source(pace, batchLines * 1e9 / Math.max(1e-9, pace.linesPerSecond()), lanes);
    }

    private final class Source implements BatchSource {
        private final Pace pace;
        private final double periodNanos;
        private int taken;

        Source(Pace pace, double periodNanos, int lanes) {
            if (pace.speed() > 0 || lanes < 1) {
                throw new IllegalArgumentException(
                        "a prepared file is sent at a rate, not at a speed; replay does that");
            }
            this.pace = pace;
            this.periodNanos = periodNanos;
            taken = next.getAndIncrement();
        }

        @Override
        public boolean hasNext() {
            return taken < count;
        }

        @Override
        public long dueNanos() {
            return pace.linesPerSecond() > 0 ? (long) (taken * periodNanos) : AT_ONCE;
        }

        @Override
        public long next(LineBuffer target) {
            int batch = taken;
            long from = batch == 0 ? 0 : ends[batch - 1];
            target.set(
                    text,
                    from,
                    (int) (ends[batch] - from),
                    lineCounts[batch],
                    (long) lineCounts[batch] * valuesPerLine);
            taken = next.getAndIncrement();
            return batch;
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
