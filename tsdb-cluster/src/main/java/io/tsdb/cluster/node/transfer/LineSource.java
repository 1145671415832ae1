package io.tsdb.cluster.node.transfer;

import java.io.IOException;
import java.util.List;

/// Lines of line protocol from somewhere, with the place they come from. One thread.
interface LineSource extends AutoCloseable {
    /// Appends the next line.
    ///
    /// @return false at the end
    /// @throws IOException also for input that cannot be a line; the message names the line
    boolean next(LineBatch target) throws IOException;

    /// Bytes of the file that were read so far, before inflating.
    long bytesRead();

    /// What the file was taken for, for people.
    default List<String> readAs() {
        return List.of();
    }

    /// What the user should know of the lines so far.
    default List<String> warnings() {
        return List.of();
    }

    @Override
    void close() throws IOException;
}
