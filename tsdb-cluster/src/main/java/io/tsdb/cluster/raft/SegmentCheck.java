package io.tsdb.cluster.raft;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/// Looks through the segments of a Raft log before Ratis opens it. Ratis cuts a log at its first
/// bad entry, which is right for the last write of a process that was killed, and wrong for a
/// damage: entries behind it were acknowledged.
///
/// A segment is `RaftLog1`, then entries, each a varint length, so many bytes of protobuf, and a
/// big-endian CRC32C of both; zeros fill the rest. `docs/format/raft-log.md#segments`.
final class SegmentCheck {
    private static final Pattern CLOSED = Pattern.compile("log_(\\d+)-(\\d+)");
    private static final Pattern OPEN = Pattern.compile("log_inprogress_(\\d+)");
    private static final int HEADER_BYTES = 8;
    private static final int CRC_BYTES = 4;
    private static final int LENGTH_BYTES_MAX = 5;

    /// Tag of the first field of an entry, its term.
    private static final int TERM_TAG = 0x08;

    private final FileStore io;
    private final Path directory;

    /// @param directory that the segments lie in
    SegmentCheck(FileStore io, Path directory) {
        this.io = io;
        this.directory = directory;
    }

    /// @throws CorruptDataException when a log has a damage that is no torn end
    void run() throws IOException {
        List<Path> files = io.list(directory);
        for (Path file : files) {
            String name = file.getFileName().toString();
            Matcher closed = CLOSED.matcher(name);
            if (closed.matches()) {
                long first = Long.parseLong(closed.group(1));
                checkClosed(file, Long.parseLong(closed.group(2)) - first + 1);
            } else if (OPEN.matcher(name).matches()) {
                checkOpen(file);
            }
        }
    }

    private void checkClosed(Path file, long count) throws IOException {
        byte[] bytes = io.readAll(file);
        int at = HEADER_BYTES;
        for (long i = 0; i < count; i++) {
            int length = entryBytes(bytes, at);
            if (length == 0) {
                throw new CorruptDataException(
                        file.toString(),
                        at,
                        "is damaged: entry "
                                + (i + 1)
                                + " of "
                                + count
                                + " does not match its checksum. Its cluster has other copies:"
                                + " give this node an empty directory once it can be replaced");
            }
            at += length;
        }
    }

    private void checkOpen(Path file) throws IOException {
        byte[] bytes = io.readAll(file);
        int at = HEADER_BYTES;
        int length = entryBytes(bytes, at);
        while (length > 0) {
            at += length;
            length = entryBytes(bytes, at);
        }
        for (int behind = at + 1; behind < bytes.length; behind++) {
            if (entryBytes(bytes, behind) > 0) {
                throw new CorruptDataException(
                        file.toString(),
                        at,
                        "is damaged: no entry is here, and one is behind it, at " + behind);
            }
        }
    }

    /// Length of the entry that begins at an offset, with its checksum; 0 when there is none.
    private static int entryBytes(byte[] bytes, int at) {
        int length = 0;
        int position = at;
        for (int shift = 0; shift < 7 * LENGTH_BYTES_MAX; shift += 7) {
            if (position >= bytes.length) {
                return 0;
            }
            byte next = bytes[position++];
            length |= (next & 0x7F) << shift;
            if (next >= 0) {
                break;
            }
        }
        long end = (long) position + length;
        if (length <= 1 || end + CRC_BYTES > bytes.length || bytes[position] != TERM_TAG) {
            return 0;
        }
        var crc = new CRC32C();
        crc.update(bytes, at, (int) end - at);
        int stored = 0;
        for (int i = 0; i < CRC_BYTES; i++) {
            stored = stored << 8 | bytes[(int) end + i] & 0xFF;
        }
        return stored == (int) crc.getValue() ? (int) end + CRC_BYTES - at : 0;
    }
}
