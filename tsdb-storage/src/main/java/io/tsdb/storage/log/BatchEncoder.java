package io.tsdb.storage.log;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.Uint64;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A [PointBatch] as compact bytes, column by column. Bytes: `docs/format/wal.md#write`.
///
/// Holds scratch arrays, allocates nothing per point; one thread at a time. Measured by
/// `BatchEncoderBenchmark`.
final class BatchEncoder {
    /// Presence: every row has a value.
    static final int ALL_PRESENT = 0;

    /// Presence: one bit a row follows.
    static final int SOME_PRESENT = 1;

    private static final double[] POWERS_OF_TEN = powersOfTen();

    private final long[] frame = new long[IntegerFrame.VALUES_MAX];
    private final long[] scaled = new long[IntegerFrame.VALUES_MAX];
    private final StringColumnEncoder strings = new StringColumnEncoder();
    private long[] gathered = new long[0];

    void encode(PointBatch batch, EncodeBuffer out) {
        if (batch.number() == PointBatch.UNNUMBERED) {
            throw new IllegalStateException(
                    "BUG: a batch for database " + batch.database() + " has no number");
        }
        out.putVarint(batch.number());
        out.putVarint(batch.catalogIndex());
        int count = 0;
        for (MeasurementRows rows : batch.measurements()) {
            count += isEmpty(rows) ? 0 : 1;
        }
        out.putVarint(count);
        for (MeasurementRows rows : batch.measurements()) {
            if (!isEmpty(rows)) {
                encodeRows(rows, out);
            }
        }
    }

    /// `10^decimals`, exact.
    static double powerOfTen(int decimals) {
        return POWERS_OF_TEN[decimals];
    }

    private static double[] powersOfTen() {
        double[] powers = new double[FieldColumn.DECIMALS_MAX + 1];
        double power = 1;
        for (int i = 0; i < powers.length; i++) {
            powers[i] = power;
            power *= 10;
        }
        return powers;
    }

    /// Keys without rows are kept: replay must number series exactly as the first run did.
    private static boolean isEmpty(MeasurementRows rows) {
        return rows.rowCount() == 0 && rows.newSeries().isEmpty();
    }

    private void encodeRows(MeasurementRows rows, EncodeBuffer out) {
        if (rows.number() == MeasurementRows.UNNUMBERED) {
            throw new IllegalStateException(
                    "BUG: rows of measurement " + rows.measurement() + " have no number");
        }
        out.putVarint(rows.number());
        int rowCount = rows.rowCount();
        out.putVarint(rowCount);
        List<SeriesKey> newSeries = rows.newSeries();
        out.putVarint(newSeries.size());
        for (SeriesKey key : newSeries) {
            out.putVarint(key.bytes().length);
            out.putBytes(key.bytes(), 0, key.bytes().length);
        }
        encodeSeries(rows.series(), rowCount, out);
        encodeLongs(rows.times(), rowCount, true, out);
        int columnCount = 0;
        for (FieldColumn column : rows.columns()) {
            columnCount += presentCount(column, rowCount) == 0 ? 0 : 1;
        }
        out.putVarint(columnCount);
        for (FieldColumn column : rows.columns()) {
            int presentCount = presentCount(column, rowCount);
            if (presentCount > 0) {
                encodeColumn(column, rowCount, presentCount, out);
            }
        }
    }

    private static int presentCount(FieldColumn column, int rowCount) {
        long[] presence = column.presence(rowCount);
        if (presence == null) {
            return rowCount;
        }
        int count = 0;
        for (int word = 0; word < (rowCount + 63) >>> 6; word++) {
            count += Long.bitCount(presence[word]);
        }
        return count;
    }

    private void encodeSeries(int[] series, int rowCount, EncodeBuffer out) {
        for (int from = 0; from < rowCount; from += IntegerFrame.VALUES_MAX) {
            int count = Math.min(IntegerFrame.VALUES_MAX, rowCount - from);
            for (int i = 0; i < count; i++) {
                frame[i] = series[from + i];
            }
            IntegerFrame.encode(frame, count, true, 0, out);
        }
    }

    private void encodeLongs(long[] values, int count, boolean seekDivisor, EncodeBuffer out) {
        for (int from = 0; from < count; from += IntegerFrame.VALUES_MAX) {
            int n = Math.min(IntegerFrame.VALUES_MAX, count - from);
            System.arraycopy(values, from, frame, 0, n);
            IntegerFrame.encode(frame, n, seekDivisor, 0, out);
        }
    }

    /// As the plain bits of the numbers, so that small ones take few bits.
    private void encodeUnsigned(long[] values, int count, EncodeBuffer out) {
        for (int from = 0; from < count; from += IntegerFrame.VALUES_MAX) {
            int n = Math.min(IntegerFrame.VALUES_MAX, count - from);
            for (int i = 0; i < n; i++) {
                frame[i] = Uint64.fold(values[from + i]);
            }
            IntegerFrame.encode(frame, n, false, 0, out);
        }
    }

    private void encodeColumn(
            FieldColumn column, int rowCount, int presentCount, EncodeBuffer out) {
        if (column.number() == FieldColumn.UNNUMBERED) {
            throw new IllegalStateException("BUG: field " + column.name() + " has no number");
        }
        out.putVarint(column.number());
        out.putByte(column.type().id());
        long[] values = column.values();
        if (presentCount == rowCount) {
            out.putByte(ALL_PRESENT);
        } else {
            out.putByte(SOME_PRESENT);
            values = putPresence(column, rowCount, out);
        }
        switch (column.type()) {
            case INT64, BOOL -> encodeLongs(values, presentCount, false, out);
            case UINT64 -> encodeUnsigned(values, presentCount, out);
            case FLOAT64 -> encodeDoubles(values, presentCount, column.decimals(), out);
            case STRING -> strings.encode(column, values, presentCount, out);
        }
    }

    /// Writes the presence bits and closes the gaps between values.
    private long[] putPresence(FieldColumn column, int rowCount, EncodeBuffer out) {
        long @Nullable [] presence = column.presence(rowCount);
        if (presence == null) {
            throw new IllegalStateException("BUG: column " + column.name() + " lacks no row");
        }
        long[] values = column.values();
        if (gathered.length < rowCount) {
            gathered = new long[rowCount + rowCount / 2];
        }
        int filled = 0;
        for (int from = 0; from < rowCount; from += 64) {
            long bits = presence[from >>> 6];
            int rest = rowCount - from;
            if (rest < 64) {
                bits &= (1L << rest) - 1;
            }
            out.putWord(bits, rest < 64 ? (rest + 7) >>> 3 : 8);
            while (bits != 0) {
                gathered[filled++] = values[from + Long.numberOfTrailingZeros(bits)];
                bits &= bits - 1;
            }
        }
        return gathered;
    }

    private void encodeDoubles(long[] values, int count, int decimals, EncodeBuffer out) {
        out.putByte(decimals + 1);
        for (int from = 0; from < count; from += IntegerFrame.VALUES_MAX) {
            int n = Math.min(IntegerFrame.VALUES_MAX, count - from);
            if (decimals != FieldColumn.DECIMALS_UNKNOWN
                    && scale(values, from, n, POWERS_OF_TEN[decimals], scaled)) {
                IntegerFrame.encode(scaled, n, false, IntegerFrame.SCALED, out);
            } else {
                System.arraycopy(values, from, frame, 0, n);
                IntegerFrame.encode(frame, n, false, 0, out);
            }
        }
    }

    /// Turns float64 bits into integers at a power of ten.
    ///
    /// @return false when one value does not come back to the same bits
    private static boolean scale(long[] values, int from, int count, double power, long[] target) {
        long differing = 0;
        for (int i = 0; i < count; i++) {
            long bits = values[from + i];
            long integer = (long) Math.rint(Double.longBitsToDouble(bits) * power);
            target[i] = integer;
            differing |= Double.doubleToRawLongBits(integer / power) ^ bits;
        }
        return differing == 0;
    }

    /// How many bytes a batch takes at most, roughly: for limits before anything is encoded.
    static long estimateBytes(PointBatch batch) {
        long estimate = 64;
        for (MeasurementRows rows : batch.measurements()) {
            estimate += (long) rows.rowCount() * (4 + columnBytes(rows));
            estimate += rows.newSeries().size() * 64L;
        }
        return estimate;
    }

    private static long columnBytes(MeasurementRows rows) {
        long bytes = 0;
        for (FieldColumn column : rows.columns()) {
            bytes += column.type() == FieldType.BOOL ? 1 : 2;
        }
        return bytes;
    }
}
