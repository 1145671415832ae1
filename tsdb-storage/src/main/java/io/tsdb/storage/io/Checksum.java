package io.tsdb.storage.io;

import java.util.zip.CRC32C;

/// CRC32C (Castagnoli), the checksum of every file format here.
public final class Checksum {
    private Checksum() {}

    /// CRC32C of `source[from, to)`.
    public static int crc32c(byte[] source, int from, int to) {
        var crc = new CRC32C();
        crc.update(source, from, to - from);
        return (int) crc.getValue();
    }

    /// CRC32C of the eight little-endian bytes of `salt`, then `source[from, to)`: bytes that are
    /// right but belong elsewhere (an older use of the same file) do not pass.
    public static int crc32c(long salt, byte[] source, int from, int to) {
        var crc = new CRC32C();
        for (int shift = 0; shift < 64; shift += 8) {
            crc.update((int) (salt >>> shift));
        }
        crc.update(source, from, to - from);
        return (int) crc.getValue();
    }
}
