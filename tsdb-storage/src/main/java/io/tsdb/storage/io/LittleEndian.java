package io.tsdb.storage.io;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Little-endian numbers in byte arrays, unaligned; every file format here is little-endian.
public final class LittleEndian {
    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);

    private LittleEndian() {}

    private static VarHandle view(Class<?> type) {
        return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.LITTLE_ENDIAN);
    }

    public static int getShort(byte[] source, int at) {
        return (short) SHORT.get(source, at) & 0xFFFF;
    }

    public static void putShort(byte[] target, int at, int value) {
        SHORT.set(target, at, (short) value);
    }

    public static int getInt(byte[] source, int at) {
        return (int) INT.get(source, at);
    }

    public static void putInt(byte[] target, int at, int value) {
        INT.set(target, at, value);
    }

    public static long getLong(byte[] source, int at) {
        return (long) LONG.get(source, at);
    }

    public static void putLong(byte[] target, int at, long value) {
        LONG.set(target, at, value);
    }
}
