package io.tsdb.loadgen.ledger;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/// Appends to a ledger. Each record is handed to the system before [#append] returns, so it
/// survives a kill of this process.
public final class LedgerWriter implements AutoCloseable {
    private final FileChannel file;
    private final ByteBuffer record =
            ByteBuffer.allocate(LedgerLayout.RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();

    private LedgerWriter(FileChannel file) {
        this.file = file;
    }

    /// Creates a ledger, or opens the one that is there to go on with it; a torn last record is
    /// cut.
    ///
    /// @throws IllegalArgumentException when the ledger that is there belongs to another run
    public static LedgerWriter open(Path path, LedgerHeader header) throws IOException {
        if (Files.exists(path) && Files.size(path) > 0) {
            Ledger ledger = Ledger.read(path);
            if (!ledger.header().equals(header)) {
                throw new IllegalArgumentException(
                        path
                                + " is the ledger of another run ("
                                + ledger.header().differences(header)
                                + "): give this one a file of its own, or the same options");
            }
            FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE);
            file.truncate(ledger.validBytes());
            file.position(ledger.validBytes());
            return new LedgerWriter(file);
        }
        FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        byte[] json = JsonMapper.shared().writeValueAsBytes(header);
        CRC32C sum = new CRC32C();
        sum.update(json);
        ByteBuffer head =
                ByteBuffer.allocate(LedgerLayout.HEADER_BYTES + json.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(LedgerLayout.MAGIC)
                .putInt(json.length)
                .putInt((int) sum.getValue())
                .put(json)
                .flip();
        file.write(head);
        return new LedgerWriter(file);
    }

    /// Notes an acknowledgement.
    ///
    /// @param ghost whether an earlier attempt of this batch got no answer
    /// @param answered false when the protocol has no answers: then the batch counts as sent only
    public synchronized void append(
            int lane, long batch, int lines, boolean ghost, boolean answered) throws IOException {
        int flags =
                (answered ? LedgerLayout.ACKNOWLEDGED : LedgerLayout.SENT)
                        | (ghost ? LedgerLayout.GHOST : 0);
        record.clear();
        record.putLong(LedgerLayout.RECORD_BATCH, batch);
        record.putInt(LedgerLayout.RECORD_LANE, lane);
        record.putInt(LedgerLayout.RECORD_FLAGS, flags);
        record.putInt(LedgerLayout.RECORD_LINES, lines);
        crc.reset();
        crc.update(record.array(), 0, LedgerLayout.RECORD_CRC);
        record.putInt(LedgerLayout.RECORD_CRC, (int) crc.getValue());
        while (record.hasRemaining()) {
            file.write(record);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        file.force(true);
        file.close();
    }
}
