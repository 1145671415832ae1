package io.tsdb.storage.codec.pack;

import io.tsdb.storage.model.CorruptDataException;

/// Values as `base + residual`: writes a [ResidualPlan] and reads it back
/// (`docs/format/encodings.md#residuals`).
///
/// Reading comes in three forms of the same steps, because the target differs: integers, integers
/// as bits in a `double[]`, decimals. Patches hold whole residuals, so they are set after
/// unpacking.
public final class Residuals {
    private Residuals() {}

    /// Appends base, width, patches and packed residuals of `values[0, count)`.
    ///
    /// @param scratch at least `count` rounded up to a multiple of 8; undefined afterwards
    public static void write(
            long[] values, int count, ResidualPlan plan, long[] scratch, ByteSink sink) {
        long base = plan.base();
        int width = plan.width();
        sink.putSized(base);
        sink.putByte(plan.patchCount() == 0 ? width : width | ResidualPlan.PATCHED);
        for (int i = 0; i < count; i++) {
            scratch[i] = values[i] - base;
        }
        if (plan.patchCount() > 0) {
            writePatches(scratch, count, plan, sink);
        }
        for (int i = count; (i & 7) != 0; i++) {
            scratch[i] = 0;
        }
        BitPacking.pack(scratch, count, width, sink);
    }

    private static void writePatches(
            long[] residuals, int count, ResidualPlan plan, ByteSink sink) {
        int patches = plan.patchCount();
        int bytes = plan.patchBytes();
        int width = plan.width();
        sink.putByte(bytes);
        sink.putShort(patches);
        int positions = sink.claim(Short.BYTES * patches);
        int from = sink.size();
        for (int i = 0; i < count; i++) {
            if (residuals[i] >>> width != 0) {
                sink.bytes()[positions] = (byte) i;
                sink.bytes()[positions + 1] = (byte) (i >>> 8);
                positions += Short.BYTES;
                sink.putSigned(residuals[i], bytes);
                residuals[i] = 0;
            }
        }
        if (sink.size() - from != patches * bytes) {
            throw new IllegalStateException(
                    "BUG: planned " + patches + " patches, wrote bytes " + (sink.size() - from));
        }
    }

    /// Reads values.
    public static void read(ByteSource source, int count, long[] target) {
        long base = source.readSized();
        int shape = source.readByte();
        int width = widthOf(source, shape);
        if (shape < ResidualPlan.PATCHED) {
            BitPacking.unpack(source, count, width, base, target);
            return;
        }
        int bytes = patchBytes(source);
        int patches = source.readShort();
        int at = source.take(patches * (Short.BYTES + bytes));
        BitPacking.unpack(source, count, width, base, target);
        for (int i = 0; i < patches; i++) {
            target[position(source, at, i, count)] = base + patch(source, at, patches, i, bytes);
        }
    }

    /// Reads values as bits of doubles, less the base.
    ///
    /// @return the base
    public static long readBits(ByteSource source, int count, double[] target) {
        long base = source.readSized();
        int shape = source.readByte();
        int width = widthOf(source, shape);
        if (shape < ResidualPlan.PATCHED) {
            BitPacking.unpackBits(source, count, width, target);
            return base;
        }
        int bytes = patchBytes(source);
        int patches = source.readShort();
        int at = source.take(patches * (Short.BYTES + bytes));
        BitPacking.unpackBits(source, count, width, target);
        for (int i = 0; i < patches; i++) {
            target[position(source, at, i, count)] =
                    Double.longBitsToDouble(patch(source, at, patches, i, bytes));
        }
        return base;
    }

    /// Reads values divided by `divisor`.
    public static void readDecimals(ByteSource source, int count, double divisor, double[] target) {
        long base = source.readSized();
        int shape = source.readByte();
        int width = widthOf(source, shape);
        if (shape < ResidualPlan.PATCHED) {
            BitPacking.unpackDecimals(source, count, width, base, divisor, target);
            return;
        }
        int bytes = patchBytes(source);
        int patches = source.readShort();
        int at = source.take(patches * (Short.BYTES + bytes));
        BitPacking.unpackDecimals(source, count, width, base, divisor, target);
        for (int i = 0; i < patches; i++) {
            target[position(source, at, i, count)] =
                    (base + patch(source, at, patches, i, bytes)) / divisor;
        }
    }

    private static int widthOf(ByteSource source, int shape) {
        int width = shape & ~ResidualPlan.PATCHED;
        if (width > BitPacking.WIDTH_MAX) {
            throw source.corrupt("residuals of " + width + " bits");
        }
        return width;
    }

    private static int patchBytes(ByteSource source) {
        int bytes = source.readByte();
        if (bytes > Long.BYTES) {
            throw source.corrupt("patches of " + bytes + " bytes");
        }
        return bytes;
    }

    /// @throws CorruptDataException when it lies outside of the column
    private static int position(ByteSource source, int at, int index, int count) {
        byte[] bytes = source.bytes();
        int from = at + Short.BYTES * index;
        int position = bytes[from] & 0xFF | (bytes[from + 1] & 0xFF) << 8;
        if (position >= count) {
            throw source.corrupt("patch of value " + position + " of " + count);
        }
        return position;
    }

    private static long patch(ByteSource source, int at, int patches, int index, int bytes) {
        return ByteSource.signed(source.bytes(), at + Short.BYTES * patches + bytes * index, bytes);
    }
}
