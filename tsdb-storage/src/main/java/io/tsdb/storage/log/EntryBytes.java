package io.tsdb.storage.log;

import io.tsdb.storage.model.CorruptDataException;

/// Log entries as bytes, for logs that are kept elsewhere than in [LocalLog]'s segments: one byte
/// of kind, then the payload of a record (`docs/format/wal.md`). One thread at a time.
public final class EntryBytes {
    /// Bytes that must be readable behind the end of what is decoded, whatever is in them.
    public static final int SLACK_BYTES = EncodeBuffer.SLACK_BYTES;

    /// What an entry of small batches takes, about.
    private static final int BYTES_FIRST = 1 << 10;

    private final EntryEncoder encoder = new EntryEncoder();
    private final EntryDecoder decoder = new EntryDecoder();

    /// An entry in an array of its own.
    ///
    /// @param array nobody else's; as long as it had to be, or longer
    /// @param length of what is in it
    public record Encoded(byte[] array, int length) {}

    /// @param headerBytes that are left free in front, for the caller
    public Encoded encode(LogEntry entry, int headerBytes) {
        var out = new EncodeBuffer(BYTES_FIRST);
        out.reserve(headerBytes + 1);
        out.position(headerBytes + 1);
        int kind = encoder.encode(entry, out);
        out.bytes()[headerBytes] = (byte) kind;
        return new Encoded(out.bytes(), out.position());
    }

    /// @param path where the bytes are from, for errors
    /// @param offset of `source[from]` there
    /// @param source readable for [#SLACK_BYTES] behind `to`
    /// @throws CorruptDataException when the bytes are no entry
    public LogEntry decode(String path, long offset, byte[] source, int from, int to) {
        if (from >= to) {
            throw new CorruptDataException(path, offset, "an entry of no bytes");
        }
        var cursor = new DecodeCursor(path, offset + 1, source, from + 1, to);
        return decoder.decode(source[from] & 0xFF, cursor);
    }

    /// How many bytes an entry takes at most, roughly: for limits before anything is encoded.
    public static long estimateBytes(LogEntry entry) {
        return EntryEncoder.estimateBytes(entry);
    }
}
