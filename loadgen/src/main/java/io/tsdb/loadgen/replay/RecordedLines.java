package io.tsdb.loadgen.replay;

import java.io.IOException;

/// Recorded points, one after the other, as line protocol.
public interface RecordedLines extends AutoCloseable {

    /// Goes on to the next point.
    ///
    /// @return false at the end
    boolean advance() throws IOException;

    /// Line of the point without its timestamp and newline: series key and fields.
    String text();

    /// Timestamp of the point.
    long nanos();

    /// Field values of the point.
    int valueCount();

    @Override
    void close() throws IOException;
}
