package io.tsdb.storage.codec;

import io.tsdb.storage.codec.constant.ConstantEncoder;
import io.tsdb.storage.codec.decimal.DecimalEncoder;
import io.tsdb.storage.codec.delta.DeltaEncoder;
import io.tsdb.storage.codec.dictionary.DictionaryEncoder;
import io.tsdb.storage.codec.frame.FrameEncoder;
import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ResidualPlan;
import io.tsdb.storage.codec.raw.RawEncoder;
import io.tsdb.storage.codec.runlength.RunLengthEncoder;
import io.tsdb.storage.codec.split.SplitEncoder;
import io.tsdb.storage.codec.timestamp.TimestampEncoder;
import io.tsdb.storage.codec.xor.XorEncoder;

/// Appends columns to a [ByteSink], each in the encoding that takes the fewest bytes.
///
/// One thread; kept and reused, since it owns the scratch memory: nothing is allocated per column.
public final class ColumnEncoder {
    /// Most values of a column.
    public static final int VALUES_MAX = 1024;

    /// Differences have to save a 32nd of the bytes, since they decode at half the speed.
    private static final int DELTA_HANDICAP_SHIFT = 5;

    /// XOR has to save a 16th of the bytes, since it decodes at a fraction of the speed, bit by
    /// bit.
    private static final int XOR_HANDICAP_SHIFT = 4;

    private final long[] deltas = new long[VALUES_MAX];
    private final long[] residuals = new long[VALUES_MAX];
    private final long[] integers = new long[VALUES_MAX];
    private final ResidualPlan framePlan = new ResidualPlan();
    private final ResidualPlan deltaPlan = new ResidualPlan();
    private final DecimalEncoder decimal = new DecimalEncoder(VALUES_MAX);
    private final DictionaryEncoder dictionary = new DictionaryEncoder(VALUES_MAX);
    private final SplitEncoder split = new SplitEncoder(VALUES_MAX);
    private final ValueRange range = new ValueRange();

    /// Appends times.
    ///
    /// @param times nanoseconds, `count` of them; the encodings expect but do not need an order
    public void encodeTimes(long[] times, int count, ByteSink sink) {
        range.measure(times, count, deltas);
        if (range.min == range.max) {
            begin(EncodingId.CONSTANT, sink);
            ConstantEncoder.encode(times[0], sink);
            return;
        }
        long start = times[0] - deltas[0];
        int exponent = 0;
        if (range.deltaMin == range.deltaMax) {
            deltaPlan.plan(deltas, count, range.deltaMin, range.deltaMax);
        } else {
            long deltaMin = range.deltaMin;
            long deltaMax = range.deltaMax;
            exponent = TimestampEncoder.countInUnits(deltas, count);
            for (int i = 0; i < exponent; i++) {
                deltaMin /= 1000;
                deltaMax /= 1000;
            }
            deltaPlan.plan(deltas, count, deltaMin, deltaMax);
        }
        if (TimestampEncoder.sizeBytes(start, deltaPlan) < RawEncoder.sizeBytes(count)) {
            begin(EncodingId.TIMESTAMP, sink);
            TimestampEncoder.encode(exponent, start, deltas, count, deltaPlan, residuals, sink);
        } else {
            begin(EncodingId.RAW, sink);
            RawEncoder.encode(times, count, sink);
        }
    }

    /// Appends integers.
    public void encodeLongs(long[] values, int count, ByteSink sink) {
        range.measure(values, count, deltas);
        if (range.min == range.max) {
            begin(EncodingId.CONSTANT, sink);
            ConstantEncoder.encode(values[0], sink);
            return;
        }
        long start = values[0] - deltas[0];
        framePlan.plan(values, count, range.min, range.max);
        deltaPlan.plan(deltas, count, range.deltaMin, range.deltaMax);
        int frame = FrameEncoder.sizeBytes(framePlan);
        int delta = DeltaEncoder.sizeBytes(start, deltaPlan);
        int valueBytes = Math.max(ByteSink.signedBytes(range.min), ByteSink.signedBytes(range.max));
        int runs = RunLengthEncoder.sizeBytes(range.runs, valueBytes);
        int packed = Math.min(frame, delta);
        int raw = RawEncoder.sizeBytes(count);
        if (runs <= packed && runs < raw) {
            begin(EncodingId.RUN_LENGTH, sink);
            RunLengthEncoder.encode(values, count, range.runs, valueBytes, sink);
        } else if (packed >= raw) {
            begin(EncodingId.RAW, sink);
            RawEncoder.encode(values, count, sink);
        } else if (delta + (delta >> DELTA_HANDICAP_SHIFT) < frame) {
            begin(EncodingId.DELTA, sink);
            DeltaEncoder.encode(start, deltas, count, deltaPlan, residuals, sink);
        } else {
            begin(EncodingId.FRAME, sink);
            FrameEncoder.encode(values, count, framePlan, residuals, sink);
        }
    }

    /// Appends doubles.
    ///
    /// @param bits IEEE bits
    /// @param decimalsHint most decimal places they were written with, negative when unknown; a
    ///   wrong hint costs space, never values
    /// @return the decimal places they were scaled by, or -1
    public int encodeDoubles(long[] bits, int count, int decimalsHint, ByteSink sink) {
        int from = sink.size();
        int decimals = decimal.scale(bits, count, decimalsHint, integers);
        if (decimals == DecimalEncoder.UNFIT) {
            encodeBits(bits, count, sink);
            return decimals;
        }
        begin(EncodingId.DECIMAL, sink);
        decimal.encode(decimals, sink);
        encodeLongs(integers, count, sink);
        int scaledSize = sink.size() - from;
        // bits hardly ever take less than half: they are tried where scaling does not save much
        if (2 * scaledSize > RawEncoder.sizeBytes(count)) {
            int bitsFrom = sink.size();
            encodeBits(bits, count, sink);
            int bitsSize = sink.size() - bitsFrom;
            if (bitsSize < scaledSize) {
                System.arraycopy(sink.bytes(), bitsFrom, sink.bytes(), from, bitsSize);
                sink.truncate(from + bitsSize);
                return DecimalEncoder.UNFIT;
            }
            sink.truncate(bitsFrom);
        }
        return decimals;
    }

    /// Appends strings.
    ///
    /// @param heap UTF-8 bytes
    /// @param refs `(offset << 32) | length` into the heap, `count` of them
    public void encodeStrings(byte[] heap, long[] refs, int count, ByteSink sink) {
        dictionary.assignIds(heap, refs, count, integers);
        begin(EncodingId.DICTIONARY, sink);
        dictionary.encode(heap, sink);
        encodeLongs(integers, count, sink);
    }

    /// Appends doubles without scaling them.
    private void encodeBits(long[] bits, int count, ByteSink sink) {
        range.measure(bits, count, deltas);
        if (range.min == range.max) {
            begin(EncodingId.CONSTANT, sink);
            ConstantEncoder.encode(bits[0], sink);
            return;
        }
        int valueBytes = Math.max(ByteSink.signedBytes(range.min), ByteSink.signedBytes(range.max));
        int runs = RunLengthEncoder.sizeBytes(range.runs, valueBytes);
        int raw = RawEncoder.sizeBytes(count);
        int xorEstimate = XorEncoder.estimateBytes(bits, count);
        boolean isSlow = handicapped(xorEstimate) < SplitEncoder.sizeBytesMin(bits, count);
        int splitSize = isSlow ? SplitEncoder.UNFIT : split.plan(bits, count);
        int least = Math.min(raw, Math.min(runs, splitSize));
        // the estimate may be off: it has to be clearly above
        if (xorEstimate < least && encodeXor(bits, count, least, sink)) {
            return;
        }
        if (runs == least) {
            begin(EncodingId.RUN_LENGTH, sink);
            RunLengthEncoder.encode(bits, count, range.runs, valueBytes, sink);
        } else if (splitSize == least) {
            begin(EncodingId.SPLIT, sink);
            split.encode(bits, count, sink);
        } else {
            begin(EncodingId.RAW, sink);
            RawEncoder.encode(bits, count, sink);
        }
    }

    /// Appends doubles XORed, if that takes fewer bytes than a bound by so much that it pays.
    private static boolean encodeXor(long[] bits, int count, int sizeBound, ByteSink sink) {
        int from = sink.size();
        begin(EncodingId.XOR, sink);
        XorEncoder.encode(bits, count, sink);
        if (handicapped(sink.size() - from - 1) < sizeBound) {
            return true;
        }
        sink.truncate(from);
        return false;
    }

    private static int handicapped(int xorBytes) {
        return xorBytes + (xorBytes >> XOR_HANDICAP_SHIFT);
    }

    private static void begin(EncodingId id, ByteSink sink) {
        sink.putByte(id.number());
    }
}
