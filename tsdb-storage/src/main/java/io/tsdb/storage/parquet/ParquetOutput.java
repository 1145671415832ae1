package io.tsdb.storage.parquet;

import io.tsdb.storage.io.DataFile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// A new file that is written from front to back, with the checksum of everything written. One
/// thread.
final class ParquetOutput implements PageFile, PageTarget, AutoCloseable {
    /// A part of few rows fits; one of many soon has the whole buffer.
    private static final int BUFFER_BYTES_FIRST = 1 << 13;

    private static final int BUFFER_BYTES = 1 << 18;

    /// So much goes to the disk at a time: the log's syncs wait behind this much, not behind a
    /// whole part.
    private static final int SYNC_BYTES = 1 << 21;

    private final DataFile file;
    private final String path;
    private int unsyncedBytes;
    private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES_FIRST);
    private final CRC32C checksum = new CRC32C();
    private long position;

    ParquetOutput(DataFile file, String path) {
        this.file = file;
        this.path = path;
    }

    @Override
    public long position() {
        return position;
    }

    /// CRC-32C of all bytes written so far.
    int checksum() {
        return (int) checksum.getValue();
    }

    @Override
    public void write(byte[] source, int length) throws IOException {
        checksum.update(source, 0, length);
        int at = 0;
        int left = length;
        while (left > 0) {
            if (!buffer.hasRemaining()) {
                makeRoom();
            }
            int take = Math.min(left, buffer.remaining());
            buffer.put(source, at, take);
            position += take;
            at += take;
            left -= take;
        }
    }

    /// Makes everything written so far durable.
    void sync() throws IOException {
        drain();
        file.sync();
        unsyncedBytes = 0;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public void read(long offset, byte[] target, int length) {
        try {
            drain();
            int count = file.read(ByteBuffer.wrap(target, 0, length), offset);
            if (count != length) {
                throw new IOException(
                        "%d bytes at %d where %d were written".formatted(count, offset, length));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read back " + path, e);
        }
    }

    private void makeRoom() throws IOException {
        if (buffer.capacity() < BUFFER_BYTES) {
            buffer = ByteBuffer.allocate(BUFFER_BYTES).put(buffer.flip());
        } else {
            drain();
            if (unsyncedBytes >= SYNC_BYTES) {
                sync();
            }
        }
    }

    /// Hands everything to the file system.
    void drain() throws IOException {
        buffer.flip();
        unsyncedBytes += buffer.remaining();
        file.write(buffer, position - buffer.remaining());
        buffer.clear();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
