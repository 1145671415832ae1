package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.CorruptDataException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// Segments by the page `docs/format/raft-log.md`; that Ratis writes such ones is what every
/// restart in `RaftShardLogTest` shows.
class SegmentCheckTest {
    private static final int ENTRIES = 5;

    @TempDir Path directory;

    private static byte[] entry(int index) {
        // fields 1 and 2 of the protobuf: term 1, index
        byte[] message = {0x08, 1, 0x10, (byte) index, 0x22, 2, 9, (byte) index};
        byte[] framed = new byte[1 + message.length];
        framed[0] = (byte) message.length;
        System.arraycopy(message, 0, framed, 1, message.length);
        var crc = new CRC32C();
        crc.update(framed);
        return ByteBuffer.allocate(framed.length + 4)
                .put(framed)
                .putInt((int) crc.getValue())
                .array();
    }

    private static byte[] segment() {
        var out = new ByteArrayOutputStream();
        out.writeBytes("RaftLog1".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < ENTRIES; i++) {
            out.writeBytes(entry(i));
        }
        out.writeBytes(new byte[64]); // as it was allocated
        return out.toByteArray();
    }

    private void check(String name, byte[] bytes) throws IOException {
        Path file = directory.resolve(name);
        Files.write(file, bytes);
        try {
            new SegmentCheck(new LocalFileStore(), directory).run();
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void takesWholeSegments() throws IOException {
        check("log_inprogress_0", segment());
        check("log_0-" + (ENTRIES - 1), segment());
    }

    /// Whatever a killed write left of the last entry.
    @Test
    void takesATornEnd() throws IOException {
        byte[] whole = segment();
        int last = 8 + (ENTRIES - 1) * entry(0).length;
        for (int cut = last; cut < last + entry(0).length; cut++) {
            byte[] torn = whole.clone();
            Arrays.fill(torn, cut, torn.length, (byte) 0);
            check("log_inprogress_0", torn);
        }
    }

    /// Each bit of each entry that others follow.
    @Test
    void refusesDamageBeforeTheEnd() {
        byte[] whole = segment();
        int last = 8 + (ENTRIES - 1) * entry(0).length;
        for (int bit = 8 * 8; bit < 8 * last; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> check("log_inprogress_0", damaged))
                    .as("bit " + bit)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("log_inprogress_0");
        }
    }

    @Test
    void refusesAClosedSegmentThatIsShort() {
        byte[] whole = segment();
        int last = 8 + (ENTRIES - 1) * entry(0).length;
        byte[] cut = Arrays.copyOf(whole, last + 3);
        assertThatCode(() -> check("log_inprogress_0", cut)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check("log_0-" + (ENTRIES - 1), cut))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("entry 5 of 5");
        assertThat(directory).isEmptyDirectory();
    }
}
