package io.tsdb.storage.block;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Where things lie in the one byte array of a [Block]. In memory only, so it may change freely;
/// what may not is the encoded columns within (`docs/format/encodings.md`).
///
/// ```
/// directory   per column: u32 field index, u32 offset of its section, u16 values, u8 type, u8 flags
/// times       encoded column
/// section     presence (one bit a row, only with SOME_PRESENT),
///             statistics (only with STATISTICS), encoded column
/// ```
///
/// Statistics are longs: sum, min, max, first, last (not for strings), and with SOME_PRESENT the
/// times of the first and the last value. Blocks of few points leave them out: there they would
/// take more than the values.
final class BlockLayout {
    static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    static final int ENTRY_BYTES = 12;
    static final int FIELD_INDEX = 0;
    static final int SECTION = 4;
    static final int VALUE_COUNT = 8;
    static final int TYPE = 10;
    static final int FLAGS = 11;

    static final int SOME_PRESENT = 1;
    static final int STATISTICS = 2;
    static final int SUM_EXACT = 4;

    /// The decimal places of a scaled column, plus one, stand above the flags.
    static final int DECIMALS_SHIFT = 3;

    /// Fewest points of a block that stores statistics.
    static final int STATISTICS_POINTS_MIN = 17;

    static final int VALUE_STATISTICS_BYTES = 5 * Long.BYTES;
    static final int TIME_STATISTICS_BYTES = 2 * Long.BYTES;

    private BlockLayout() {}

    static int presenceBytes(int pointCount) {
        return (pointCount + 7) >>> 3;
    }
}
