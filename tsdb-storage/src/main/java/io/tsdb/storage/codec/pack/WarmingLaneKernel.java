package io.tsdb.storage.codec.pack;

/// Plain loops at first, vectors once those are likely to be compiled.
///
/// Until the JVM's optimizing compiler has seen them, vector operations allocate: the first
/// thousand columns took 200 us each, 30 times as long as plain loops (one core, JDK 25). So while
/// a kernel is young only one call in 8 takes the vector loop, enough to get it compiled. The
/// counters are not synchronized: a lost count only means one more call of either kind, and both
/// give the same bits.
final class WarmingLaneKernel implements LaneKernel {
    private static final int CALLS_YOUNG = 1 << 14;
    private static final int VECTOR_CALL_MASK = 7;

    private final VectorLaneKernel vector = new VectorLaneKernel();
    private final ScalarLaneKernel scalar = new ScalarLaneKernel();
    private int packCalls;
    private int unpackCalls;
    private int unpackBitsCalls;
    private int unpackDecimalsCalls;
    private int bitsToDecimalsCalls;
    private int scaleCalls;

    private static boolean takesVector(int calls) {
        return calls >= CALLS_YOUNG || (calls & VECTOR_CALL_MASK) == 0;
    }

    @Override
    public void pack(long[] residuals, int count, int width, byte[] target, int at) {
        int calls = packCalls;
        if (calls < CALLS_YOUNG) {
            packCalls = calls + 1;
        }
        if (takesVector(calls)) {
            vector.pack(residuals, count, width, target, at);
        } else {
            scalar.pack(residuals, count, width, target, at);
        }
    }

    @Override
    public void unpack(byte[] source, int at, int count, int width, long base, long[] target) {
        int calls = unpackCalls;
        if (calls < CALLS_YOUNG) {
            unpackCalls = calls + 1;
        }
        if (takesVector(calls)) {
            vector.unpack(source, at, count, width, base, target);
        } else {
            scalar.unpack(source, at, count, width, base, target);
        }
    }

    @Override
    public void unpackBits(byte[] source, int at, int count, int width, double[] target) {
        int calls = unpackBitsCalls;
        if (calls < CALLS_YOUNG) {
            unpackBitsCalls = calls + 1;
        }
        if (takesVector(calls)) {
            vector.unpackBits(source, at, count, width, target);
        } else {
            scalar.unpackBits(source, at, count, width, target);
        }
    }

    @Override
    public void unpackDecimals(
            byte[] source,
            int at,
            int count,
            int width,
            double base,
            double divisor,
            double[] target) {
        int calls = unpackDecimalsCalls;
        if (calls < CALLS_YOUNG) {
            unpackDecimalsCalls = calls + 1;
        }
        if (takesVector(calls)) {
            vector.unpackDecimals(source, at, count, width, base, divisor, target);
        } else {
            scalar.unpackDecimals(source, at, count, width, base, divisor, target);
        }
    }

    @Override
    public void bitsToDecimals(double[] values, int count, long base, double divisor) {
        int calls = bitsToDecimalsCalls;
        if (calls < CALLS_YOUNG) {
            bitsToDecimalsCalls = calls + 1;
        }
        if (takesVector(calls)) {
            vector.bitsToDecimals(values, count, base, divisor);
        } else {
            scalar.bitsToDecimals(values, count, base, divisor);
        }
    }

    @Override
    public int scale(long[] bits, int count, double factor, long[] scaled) {
        int calls = scaleCalls;
        if (calls < CALLS_YOUNG) {
            scaleCalls = calls + 1;
        }
        return takesVector(calls)
                ? vector.scale(bits, count, factor, scaled)
                : scalar.scale(bits, count, factor, scaled);
    }
}
