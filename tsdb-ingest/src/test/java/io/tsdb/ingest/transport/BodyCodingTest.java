package io.tsdb.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/// Content codings of bodies, cut anywhere and damaged anywhere.
class BodyCodingTest {
    private static final byte[] FIRST = "cpu,host=a usage=1 10\n".repeat(20).getBytes(UTF_8);
    private static final byte[] SECOND = "mem,host=b used=2i 20\n".getBytes(UTF_8);

    @Test
    void inflatesMembersCutAtEveryByte() throws Exception {
        byte[] twoMembers = concat(gzip(FIRST), memberWithAllHeaderFields(SECOND));
        for (int cut = 0; cut <= twoMembers.length; cut++) {
            assertThat(inflate(twoMembers, cut)).isEqualTo(concat(FIRST, SECOND));
        }
    }

    @Test
    void inflatesMembersThatAreEmpty() throws Exception {
        byte[] empty = gzip(new byte[0]);
        assertThat(inflate(concat(empty, gzip(SECOND), empty), 3)).isEqualTo(SECOND);
    }

    @Test
    void inflatesMoreThanItsBuffer() throws Exception {
        byte[] large = new byte[1_000_000];
        Arrays.fill(large, (byte) 'x');
        assertThat(inflate(gzip(large), 100)).isEqualTo(large);
    }

    @Test
    void takesAnEmptyBodyForNoMembers() throws Exception {
        assertThat(inflate(new byte[0], 0)).isEmpty();
    }

    @Test
    void refusesABodyThatEndsEarlyWhereverItEnds() throws Exception {
        byte[] whole = gzip(SECOND);
        for (int size = 1; size < whole.length; size++) {
            byte[] part = Arrays.copyOf(whole, size);
            assertThatThrownBy(() -> inflate(part, 0))
                    .as("%d bytes of %d", part.length, whole.length)
                    .isInstanceOf(WriteRefusedException.class)
                    .hasMessageContaining("ends early");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, -1, -4, -5, -8})
    void refusesDamage(int at) throws Exception {
        byte[] damaged = gzip(SECOND);
        damaged[Math.floorMod(at, damaged.length)] ^= 0x11;
        assertThatThrownBy(() -> inflate(damaged, 0))
                .isInstanceOf(WriteRefusedException.class)
                .hasMessageContaining("gzip body is damaged");
    }

    @Test
    void neverGivesDamagedBytesAsGood() throws Exception {
        byte[] whole = gzip(FIRST);
        int refused = 0;
        for (int at = 0; at < whole.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = whole.clone();
                damaged[at] ^= (byte) (1 << bit);
                try {
                    // some bits mean nothing: time stamp, system, padding
                    assertThat(inflate(damaged, 7)).isEqualTo(FIRST);
                } catch (WriteRefusedException expected) {
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(8 * (whole.length - 10) - 8);
    }

    @Test
    void refusesTrailingBytesThatAreNoMember() throws Exception {
        byte[] trailing = concat(gzip(SECOND), "junk".getBytes(US_ASCII));
        assertThatThrownBy(() -> inflate(trailing, 0)).hasMessageContaining("no gzip header");
    }

    @Test
    void inflatesDeflateCutAtEveryByte() throws Exception {
        byte[] whole = zlib(FIRST);
        for (int cut = 0; cut <= whole.length; cut++) {
            assertThat(run(new DeflateCoding(), whole, cut)).isEqualTo(FIRST);
        }
    }

    @Test
    void refusesDeflateThatEndsEarlyOrLate() throws Exception {
        byte[] whole = zlib(SECOND);
        assertThatThrownBy(
                        () -> run(new DeflateCoding(), Arrays.copyOf(whole, whole.length - 1), 2))
                .hasMessageContaining("ends early");
        assertThatThrownBy(
                        () -> run(new DeflateCoding(), Arrays.copyOf(whole, whole.length + 1), 2))
                .hasMessageContaining("after its end");
        assertThatThrownBy(() -> run(new DeflateCoding(), gzip(SECOND), 2))
                .hasMessageContaining("damaged");
    }

    private static byte[] inflate(byte[] bytes, int cut) throws WriteRefusedException {
        return run(new GzipCoding(), bytes, cut);
    }

    private static byte[] run(BodyCoding coding, byte[] bytes, int cut)
            throws WriteRefusedException {
        var out = new ByteArrayOutputStream();
        try {
            coding.feed(bytes, 0, cut);
            readAll(coding, out);
            coding.feed(bytes, cut, bytes.length);
            readAll(coding, out);
            coding.finish();
        } finally {
            coding.close();
        }
        return out.toByteArray();
    }

    private static void readAll(BodyCoding coding, ByteArrayOutputStream out)
            throws WriteRefusedException {
        byte[] some = new byte[64];
        int size;
        while ((size = coding.read(some)) > 0) {
            out.write(some, 0, size);
        }
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] zlib(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zlib = new DeflaterOutputStream(out)) {
            zlib.write(bytes);
        }
        return out.toByteArray();
    }

    /// RFC 1952, section 2.3: text, header CRC, extra, name and comment.
    private static byte[] memberWithAllHeaderFields(byte[] bytes) {
        var deflater = new Deflater(9, true);
        deflater.setInput(bytes);
        deflater.finish();
        byte[] deflated = new byte[bytes.length + 100];
        int size = deflater.deflate(deflated);
        deflater.end();
        var crc = new CRC32();
        crc.update(bytes);
        byte[] header = {31, (byte) 139, 8, 0b11111, 1, 2, 3, 4, 0, 3};
        byte[] extra = {3, 0, 'e', 'x', 't'};
        byte[] names = "file.lp\0a comment\0".getBytes(ISO_8859_1);
        byte[] headerCrc = {9, 9};
        return concat(
                header,
                extra,
                names,
                headerCrc,
                Arrays.copyOf(deflated, size),
                littleEndian(crc.getValue()),
                littleEndian(bytes.length));
    }

    private static byte[] littleEndian(long value) {
        return new byte[] {
            (byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)
        };
    }

    static byte[] concat(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
