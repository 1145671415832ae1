package io.tsdb.cluster.node.transfer;

import java.io.IOException;

/// Lines of line protocol from somewhere, with the place they come from. One thread.
interface LineSource extends AutoCloseable {
    /// Appends the next line with its newline.
    ///
    /// @return false at the end
    /// @throws IOException also for input that cannot be a line; the message names file and line
    boolean next(StringBuilder target) throws IOException;

    /// Number of the line that [#next] gave last, from 1, in the file.
    long lineNumber();

    /// Bytes of the file that were read so far, before inflating.
    long bytesRead();

    @Override
    void close() throws IOException;
}
