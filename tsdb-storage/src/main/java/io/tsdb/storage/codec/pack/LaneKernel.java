package io.tsdb.storage.codec.pack;

/// Loops over a whole column in the layout of [LaneLayout], and the conversion between doubles and
/// scaled integers.
///
/// Implementations give the same bits ([ScalarLaneKernel] is the reference of [VectorLaneKernel]).
/// Callers have checked that offsets lie within arrays. Widths are 1 to 31. Targets are written in
/// `[0, count)` only. Stateless, any thread.
public sealed interface LaneKernel permits ScalarLaneKernel, VectorLaneKernel, WarmingLaneKernel {
    /// Most by magnitude that a scaled integer may be: what converts exactly by adding [#ROUNDING].
    long SCALED_MAX = (1L << 51) - 1;

    /// 1.5 * 2^52: a double of less than 2^51 added to it is rounded to an integer that stands in
    /// the low bits of the sum.
    double ROUNDING = 0x1.8p52;

    /// The kernel for this JVM: with vectors when it was started with their module.
    static LaneKernel best() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? new WarmingLaneKernel()
                : new ScalarLaneKernel();
    }

    /// Packs the low bits of residuals.
    ///
    /// @param residuals each below `2^width`; zeros follow up to the next multiple of 8
    void pack(long[] residuals, int count, int width, byte[] target, int at);

    /// `target[i] = base + residual[i]`
    void unpack(byte[] source, int at, int count, int width, long base, long[] target);

    /// The residuals as bits of doubles: a `double[]` as memory for integers on their way to
    /// doubles.
    void unpackBits(byte[] source, int at, int count, int width, double[] target);

    /// `target[i] = (base + residual[i]) / divisor`
    ///
    /// @param base an integer of at most [#SCALED_MAX], as are the sums
    void unpackDecimals(
            byte[] source,
            int at,
            int count,
            int width,
            double base,
            double divisor,
            double[] target);

    /// `values[i] = (base + bits of values[i]) / divisor`, the sums being at most [#SCALED_MAX].
    void bitsToDecimals(double[] values, int count, long base, double divisor);

    /// Scales doubles to integers: `scaled[i] / factor` is the very same double, except where
    /// counted.
    ///
    /// @param bits IEEE bits
    /// @return how many values are no such integer; their `scaled` is undefined
    int scale(long[] bits, int count, double factor, long[] scaled);
}
