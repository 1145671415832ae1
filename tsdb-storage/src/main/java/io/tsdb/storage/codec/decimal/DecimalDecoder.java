package io.tsdb.storage.codec.decimal;

import io.tsdb.storage.codec.pack.ByteSource;

/// Reads the head that [DecimalEncoder] wrote; the column of integers after it is read by the
/// caller, who then calls one of the finishing methods.
public final class DecimalDecoder {
    private final ByteSource source;
    private final double divisor;
    private final int exceptionCount;
    private final int exceptionsAt;

    /// Reads the head.
    public DecimalDecoder(ByteSource source) {
        this.source = source;
        int shape = source.readByte();
        int decimals = shape & ~DecimalLayout.EXCEPTIONS;
        if (decimals > DecimalLayout.DECIMALS_MAX) {
            throw source.corrupt(decimals + " decimal places");
        }
        divisor = DecimalLayout.power(decimals);
        exceptionCount = shape == decimals ? 0 : source.readShort();
        exceptionsAt = source.take(exceptionCount * DecimalLayout.EXCEPTION_BYTES);
    }

    /// What the integers are to be divided by.
    public double divisor() {
        return divisor;
    }

    /// Sets the exceptions among doubles that are divided already.
    public void putExceptions(double[] values, int count) {
        for (int i = 0; i < exceptionCount; i++) {
            values[position(i, count)] = Double.longBitsToDouble(exception(i));
        }
    }

    /// Turns integers into IEEE bits, with the exceptions set.
    public void finishBits(long[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = Double.doubleToRawLongBits(values[i] / divisor);
        }
        for (int i = 0; i < exceptionCount; i++) {
            values[position(i, count)] = exception(i);
        }
    }

    private int position(int index, int count) {
        byte[] bytes = source.bytes();
        int from = exceptionsAt + Short.BYTES * index;
        int position = bytes[from] & 0xFF | (bytes[from + 1] & 0xFF) << 8;
        if (position >= count) {
            throw source.corrupt("exception of value " + position + " of " + count);
        }
        return position;
    }

    private long exception(int index) {
        return ByteSource.signed(
                source.bytes(),
                exceptionsAt + Short.BYTES * exceptionCount + Long.BYTES * index,
                Long.BYTES);
    }
}
