package io.tsdb.storage.log;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads a whole log and says what is wrong with it; changes nothing. One thread, once, while
/// nobody writes.
public final class LogCheck {
    private final FileStore io;
    private final List<CorruptDataException> damages = new ArrayList<>();
    private final Map<Integer, ShardState> states = new HashMap<>();
    private final Map<Integer, Long> bases = new HashMap<>();
    private long entryCount;

    private LogCheck(FileStore io) {
        this.io = io;
    }

    /// What was found.
    ///
    /// @param bases by log: entries up to this one are not in the segments any more
    /// @param lastIndexes by log: the newest entry, as far as the segments can be read
    /// @param entryCount that are not in parts or the `store` file
    public record Outcome(
            List<CorruptDataException> damages,
            Map<Integer, Long> bases,
            Map<Integer, Long> lastIndexes,
            long entryCount) {}

    /// @param directory of the segments; none is a log without entries
    /// @param applied by log: entries up to this one are not needed any more
    public static Outcome run(FileStore io, Path directory, Map<Integer, Long> applied)
            throws IOException {
        var check = new LogCheck(io);
        applied.forEach((log, index) -> check.state(log).start(index, index, check::count));
        if (io.exists(directory)) {
            check.read(SegmentFiles.list(io, directory));
        }
        var last = new HashMap<Integer, Long>();
        check.states.forEach((log, state) -> last.put(log, state.writtenIndex()));
        return new Outcome(List.copyOf(check.damages), check.bases, last, check.entryCount);
    }

    /// Checks what the log says of its newest segment.
    ///
    /// @param begun whether it must say that
    /// @throws CorruptDataException when it does not, or the segment is missing
    public static void newest(FileStore io, Path directory, boolean begun) throws IOException {
        Path file = NewestSegment.path(directory);
        if (begun && !io.exists(file)) {
            throw new CorruptDataException(file.toString(), 0, "the file is missing");
        }
        if (io.exists(file)) {
            NewestSegment.check(io, directory, SegmentFiles.list(io, directory));
        }
    }

    /// Lets the log go on with the segments that are there.
    public static void acceptSegments(FileStore io, Path directory) throws IOException {
        io.createDirectories(directory);
        NewestSegment.store(io, directory, SegmentFiles.list(io, directory));
    }

    private ShardState state(int log) {
        return states.computeIfAbsent(log, ShardState::new);
    }

    private void count(long index, LogEntry entry) {
        entryCount++;
    }

    /// First as a start reads it; where that ends, each segment by itself, so that every damage is
    /// named.
    private void read(List<Path> segments) throws IOException {
        String named = "";
        try {
            new LogReplay(io, this::state).run(segments);
        } catch (CorruptDataException e) {
            damages.add(e);
            named = e.path();
        }
        for (int i = 0; i < segments.size(); i++) {
            try (var reader = new SegmentReader(io, segments.get(i))) {
                if (i == 0) {
                    reader.header()
                            .shards()
                            .forEach((log, position) -> bases.put(log, position.baseIndex()));
                }
                while (reader.next()) {
                    // each record is checked
                }
                long end = reader.nextOffset();
                if (!named.equals(reader.path().toString()) && reader.findProofOfSync(end) >= 0) {
                    damages.add(
                            new CorruptDataException(
                                    reader.path().toString(), end, reader.problem()));
                }
            } catch (CorruptDataException e) {
                if (!named.equals(e.path())) {
                    damages.add(e);
                }
            }
        }
    }
}
