package io.tsdb.storage.model;

import org.roaringbitmap.RoaringBitmap;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Sets of shard-local series ids as bytes: RoaringBitmaps in their portable form.
///
/// @see <a href="https://github.com/RoaringBitmap/RoaringFormatSpec">the form</a>
public final class SeriesIds {
    private SeriesIds() {}

    /// A set as bytes, with runs where they are shorter.
    public static byte[] toBytes(RoaringBitmap ids) {
        RoaringBitmap packed = ids.clone();
        packed.runOptimize();
        byte[] bytes = new byte[packed.serializedSizeInBytes()];
        packed.serialize(ByteBuffer.wrap(bytes));
        return bytes;
    }

    /// The way back from [#toBytes].
    ///
    /// @param source holds a set in `[from, to)`
    /// @throws IllegalArgumentException when these bytes are no set, or more than one
    public static RoaringBitmap of(byte[] source, int from, int to) {
        var ids = new RoaringBitmap();
        int size;
        try {
            ids.deserialize(ByteBuffer.wrap(source, from, to - from).slice());
            size = ids.serializedSizeInBytes();
        } catch (IOException | RuntimeException e) {
            // whatever it runs into: it believes the bytes
            throw new IllegalArgumentException("no set of series: " + e.getMessage(), e);
        }
        if (size != to - from) {
            throw new IllegalArgumentException(
                    "a set of series takes %d bytes, not %d".formatted(size, to - from));
        }
        return ids;
    }
}
