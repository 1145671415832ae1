package io.tsdb.storage.log;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// One segment file and the newest index of each shard that has a record in it. Written by the log
/// thread while it is the active one, immutable after that.
final class Segment {
    private final long number;
    private final Path path;
    private final Map<ShardState, Long> newest = new HashMap<>();
    private long end;

    Segment(long number, Path path) {
        this.number = number;
        this.path = path;
    }

    long number() {
        return number;
    }

    Path path() {
        return path;
    }

    /// Where its last record ends; set once it is followed by another one, or read from the file.
    long end() {
        return end;
    }

    void end(long offset) {
        end = offset;
    }

    void note(ShardState shard, long index) {
        newest.put(shard, index);
    }

    /// Whether no shard needs a record in it any more.
    boolean isTrimmed() {
        for (Map.Entry<ShardState, Long> entry : newest.entrySet()) {
            if (entry.getKey().trimmedTo() < entry.getValue()) {
                return false;
            }
        }
        return true;
    }
}
