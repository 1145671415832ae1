package io.tsdb.storage.io;

import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/// The checksummed header every file begins with, and whole small files that are nothing else
/// (manifest, clean-close mark). Bytes: `docs/format/framed-file.md`.
///
/// `8 bytes magic | u32 version | u32 body length | body | u32 CRC32C of all before`.
public final class FramedFile {
    private static final int VERSION_OFFSET = 8;
    private static final int LENGTH_OFFSET = 12;
    private static final int BODY_OFFSET = 16;
    private static final int CRC_BYTES = 4;

    /// Bytes around the body.
    public static final int OVERHEAD_BYTES = BODY_OFFSET + CRC_BYTES;

    private FramedFile() {}

    /// Frames a body.
    ///
    /// @param magic eight ASCII characters that name the format
    public static byte[] frame(String magic, int version, byte[] body) {
        byte[] name = magic.getBytes(StandardCharsets.US_ASCII);
        if (name.length != VERSION_OFFSET) {
            throw new IllegalArgumentException("magic must have 8 characters: " + magic);
        }
        byte[] frame = Arrays.copyOf(name, body.length + OVERHEAD_BYTES);
        LittleEndian.putInt(frame, VERSION_OFFSET, version);
        LittleEndian.putInt(frame, LENGTH_OFFSET, body.length);
        System.arraycopy(body, 0, frame, BODY_OFFSET, body.length);
        int crcOffset = BODY_OFFSET + body.length;
        LittleEndian.putInt(frame, crcOffset, Checksum.crc32c(frame, 0, crcOffset));
        return frame;
    }

    /// The body of the frame that `source` begins with; more may follow it.
    ///
    /// @param path named in errors
    /// @throws CorruptDataException when it is not such a frame, is damaged, or of a version above
    ///   `versionMax`
    public static byte[] body(
            String path, byte[] source, int sourceLength, String magic, int versionMax) {
        if (sourceLength < OVERHEAD_BYTES) {
            throw new CorruptDataException(
                    path, 0, "header needs " + OVERHEAD_BYTES + " bytes, has " + sourceLength);
        }
        String found = new String(source, 0, VERSION_OFFSET, StandardCharsets.ISO_8859_1);
        if (!found.equals(magic)) {
            throw new CorruptDataException(path, 0, "is no " + magic + " file");
        }
        int length = LittleEndian.getInt(source, LENGTH_OFFSET);
        if (length < 0 || length > sourceLength - OVERHEAD_BYTES) {
            throw new CorruptDataException(
                    path,
                    LENGTH_OFFSET,
                    "header says "
                            + length
                            + " body bytes, file has room for "
                            + (sourceLength - OVERHEAD_BYTES));
        }
        int crcOffset = BODY_OFFSET + length;
        int stored = LittleEndian.getInt(source, crcOffset);
        int computed = Checksum.crc32c(source, 0, crcOffset);
        if (stored != computed) {
            throw new CorruptDataException(
                    path,
                    0,
                    "header CRC mismatch (stored "
                            + Integer.toHexString(stored)
                            + ", computed "
                            + Integer.toHexString(computed)
                            + ")");
        }
        int version = LittleEndian.getInt(source, VERSION_OFFSET);
        if (version < 1 || version > versionMax) {
            throw new CorruptDataException(
                    path,
                    VERSION_OFFSET,
                    "has format version " + version + ", this program reads up to " + versionMax);
        }
        return Arrays.copyOfRange(source, BODY_OFFSET, crcOffset);
    }

    /// The version that a frame says it is of; it was checked by [#body].
    public static int version(byte[] frame) {
        return LittleEndian.getInt(frame, VERSION_OFFSET);
    }

    /// Replaces a whole small file by a frame ([FileStore#replace]).
    public static void write(FileStore io, Path file, String magic, int version, byte[] body)
            throws IOException {
        io.replace(file, frame(magic, version, body));
    }

    /// The body of a whole small file.
    ///
    /// @throws CorruptDataException also when bytes follow the frame
    public static byte[] read(FileStore io, Path file, String magic, int versionMax)
            throws IOException {
        byte[] content = io.readAll(file);
        byte[] body = body(file.toString(), content, content.length, magic, versionMax);
        if (content.length != body.length + OVERHEAD_BYTES) {
            throw new CorruptDataException(
                    file.toString(), body.length + OVERHEAD_BYTES, "bytes follow the end");
        }
        return body;
    }
}
