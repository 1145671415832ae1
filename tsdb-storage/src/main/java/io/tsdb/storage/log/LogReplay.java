package io.tsdb.storage.log;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.log.SegmentHeader.ShardPosition;
import io.tsdb.storage.model.CorruptDataException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/// Reads all segments in order, delivers their entries and checks that none is missing. One thread,
/// once.
final class LogReplay {
    private static final Logger LOG = LoggerFactory.getLogger(LogReplay.class);

    private static final long NEWEST = Long.MAX_VALUE;

    private final FileStore io;
    private final IntFunction<ShardState> shards;
    private final EntryDecoder decoder = new EntryDecoder();
    private final Map<Integer, ShardState> seen = new TreeMap<>();
    private final List<Segment> segments = new ArrayList<>();
    private long end;
    private long durableEnd;
    private String problemOfPrevious = "";
    private long recordCount;

    /// @param shards the state of each log, which replay brings up to date
    LogReplay(FileStore io, IntFunction<ShardState> shards) {
        this.io = io;
        this.shards = shards;
    }

    void run(List<Path> paths) throws IOException {
        for (int i = 0; i < paths.size(); i++) {
            boolean newest = i == paths.size() - 1;
            replaySegment(paths.get(i), newest ? NEWEST : previousEnd(paths.get(i + 1)));
        }
        for (ShardState shard : seen.values()) {
            shard.lastIndex(shard.writtenIndex());
            shard.synced();
        }
    }

    /// Segments in order, with the newest index of each shard.
    List<Segment> segments() {
        return segments;
    }

    /// Up to where the newest segment is known to be durable.
    long durableEnd() {
        return durableEnd;
    }

    /// Where the last record of the newest segment ends.
    long end() {
        return end;
    }

    long recordCount() {
        return recordCount;
    }

    /// Where a segment says that the one before it ends: records beyond that were not durable when
    /// the log went on behind a failure, and do not count.
    private long previousEnd(Path path) throws IOException {
        try (var reader = new SegmentReader(io, path)) {
            return reader.header().previousEnd();
        }
    }

    private void replaySegment(Path path, long limit) throws IOException {
        try (var reader = new SegmentReader(io, path)) {
            checkHeader(path, reader.header());
            var segment = new Segment(reader.header().number(), path);
            durableEnd = reader.nextOffset();
            while (reader.nextOffset() < limit && reader.next()) {
                durableEnd = Math.max(durableEnd, reader.syncedTo());
                if (reader.kind() != WalRecordLayout.KIND_SYNCED) {
                    replayRecord(reader, segment);
                }
            }
            if (limit == NEWEST) {
                checkTail(reader);
            }
            end = reader.nextOffset();
            segment.end(end);
            segments.add(segment);
            problemOfPrevious = reader.problem();
        }
    }

    private void checkHeader(Path path, SegmentHeader header) {
        if (segments.isEmpty()) {
            header.shards()
                    .forEach(
                            (number, position) -> {
                                checkNothingIsMissing(path, number, position);
                                begin(number, position);
                            });
            return;
        }
        Segment previous = segments.getLast();
        if (header.number() != previous.number() + 1) {
            throw new CorruptDataException(
                    path.toString(),
                    0,
                    "segment "
                            + header.number()
                            + " follows "
                            + previous.number()
                            + "; those between are missing, which begins");
        }
        if (header.previousEnd() != end) {
            throw new CorruptDataException(
                    previous.path().toString(),
                    end,
                    problemOfPrevious + " (records go on up to " + header.previousEnd() + ")");
        }
        header.shards()
                .forEach(
                        (number, position) -> {
                            ShardState shard = seen.get(number);
                            long index = shard == null ? 0 : shard.writtenIndex();
                            if (index != position.lastIndex()) {
                                throw new CorruptDataException(
                                        path.toString(),
                                        0,
                                        "shard "
                                                + number
                                                + " is at index "
                                                + index
                                                + ", the segment's header says "
                                                + position.lastIndex());
                            }
                            begin(number, position);
                        });
    }

    /// Segments go once everything in them is stored elsewhere.
    private void checkNothingIsMissing(Path path, int number, ShardPosition position) {
        ShardState shard = shards.apply(number);
        if (shard.isStarted() && shard.wants(position.lastIndex())) {
            throw new CorruptDataException(
                    path.toString(),
                    0,
                    "the log begins behind entry "
                            + position.lastIndex()
                            + " of "
                            + (number == NodeLog.CATALOG ? "the catalog" : "shard " + number)
                            + ", of which nothing else has the entries from "
                            + (shard.appliedIndex() + 1)
                            + " on: segments before this one are missing, or its manifest or store"
                            + " file is an older one");
        }
    }

    private void begin(int number, ShardPosition position) {
        ShardState shard = shards.apply(number);
        shard.writtenIndex(position.baseIndex());
        seen.put(number, shard);
    }

    private void replayRecord(SegmentReader reader, Segment segment) {
        ShardState shard = shards.apply(reader.shard());
        seen.put(reader.shard(), shard);
        if (reader.index() != shard.writtenIndex() + 1) {
            throw new CorruptDataException(
                    reader.path().toString(),
                    reader.recordOffset(),
                    "index "
                            + reader.index()
                            + " of shard "
                            + reader.shard()
                            + " follows "
                            + shard.writtenIndex());
        }
        shard.writtenIndex(reader.index());
        segment.note(shard, reader.index());
        if (!shard.isStarted()) {
            throw new CorruptDataException(
                    reader.path().toString(),
                    reader.recordOffset(),
                    "record of log " + reader.shard() + ", which the store does not have");
        }
        if (shard.wants(reader.index())) {
            LogEntry entry = decoder.decode(reader.kind(), reader.payload());
            recordCount++;
            shard.deliver(reader.index(), entry);
        }
    }

    /// A write that a crash cut short is what ends the newest segment; anything else is damage.
    private static void checkTail(SegmentReader reader) throws IOException {
        long offset = reader.nextOffset();
        String problem = reader.problem();
        boolean torn = reader.isTorn();
        long proof = reader.findProofOfSync(offset);
        if (proof >= 0) {
            throw new CorruptDataException(
                    reader.path().toString(),
                    offset,
                    problem
                            + " before the tail (the record at "
                            + proof
                            + " was written when this was durable)");
        }
        if (torn) {
            LOG.warn(
                    "{}: {} at offset {}; {} bytes from here on were not acknowledged and are cut."
                            + " Copy the file first if you want to inspect it.",
                    reader.path(),
                    problem,
                    offset,
                    reader.fileBytes() - offset);
        } else if (reader.fileBytes() > offset) {
            LOG.debug("{}: ends at offset {} ({})", reader.path(), offset, problem);
        }
    }
}
