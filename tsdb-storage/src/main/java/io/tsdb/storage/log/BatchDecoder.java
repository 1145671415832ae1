package io.tsdb.storage.log;

import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.PointBatch;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.Uint64;

import java.util.Arrays;

/// The way back from [BatchEncoder]'s bytes to an equal [PointBatch]. One thread at a time.
///
/// Bytes passed their checksum before they come here; what still does not fit is a
/// [io.tsdb.storage.model.CorruptDataException], never another exception.
final class BatchDecoder {
    /// Above every row count that a record of 2 GiB can mean in earnest; stops absurd allocations.
    private static final int ROWS_MAX = 1 << 28;

    /// Likewise for the number of a field.
    private static final int FIELDS_MAX = 1 << 28;

    private final long[] frame = new long[IntegerFrame.VALUES_MAX];
    private int[] series = new int[IntegerFrame.VALUES_MAX];
    private int[] rowNumbers = new int[0];
    private int[] lengths = new int[0];

    PointBatch decode(DecodeCursor source) {
        int database = number(source, "database");
        long catalogIndex = source.getVarint();
        PointBatch batch = PointBatch.numbered(database);
        batch.number(database, catalogIndex);
        int count = source.getCount(source.remaining());
        for (int i = 0; i < count; i++) {
            int measurement = number(source, "measurement");
            for (MeasurementRows other : batch.measurements()) {
                if (other.number() == measurement) {
                    throw source.corrupt("measurement " + measurement + " comes twice");
                }
            }
            decodeRows(batch.addRows(measurement), source);
        }
        return batch;
    }

    private static int number(DecodeCursor source, String what) {
        int number = source.getCount(Integer.MAX_VALUE);
        if (number == 0) {
            throw source.corrupt("0 is no number of a " + what);
        }
        return number;
    }

    private void decodeRows(MeasurementRows rows, DecodeCursor source) {
        int rowCount = source.getCount(ROWS_MAX);
        int newSeriesCount = source.getCount(source.remaining());
        for (int i = 0; i < newSeriesCount; i++) {
            int length = source.getCount(SeriesKey.BYTES_MAX);
            int at = source.skip(length);
            rows.addNewSeries(SeriesKey.ofBytes(source.bytes(), at, at + length));
        }
        decodeSeries(rowCount, source);
        for (int from = 0; from < rowCount; from += IntegerFrame.VALUES_MAX) {
            int count = Math.min(IntegerFrame.VALUES_MAX, rowCount - from);
            IntegerFrame.decode(source, frame, count);
            for (int i = 0; i < count; i++) {
                int ref = series[from + i];
                if (~ref >= newSeriesCount) {
                    throw source.corrupt("row of new series " + ~ref + " of " + newSeriesCount);
                }
                rows.addRow(ref, frame[i]);
            }
        }
        int columnCount = source.getCount(source.remaining());
        for (int i = 0; i < columnCount; i++) {
            decodeColumn(rows, rowCount, source);
        }
    }

    private void decodeSeries(int rowCount, DecodeCursor source) {
        for (int from = 0; from < rowCount; from += IntegerFrame.VALUES_MAX) {
            int count = Math.min(IntegerFrame.VALUES_MAX, rowCount - from);
            IntegerFrame.decode(source, frame, count);
            if (series.length < from + count) {
                series = Arrays.copyOf(series, 2 * (from + count));
            }
            for (int i = 0; i < count; i++) {
                series[from + i] = (int) frame[i];
            }
        }
    }

    private void decodeColumn(MeasurementRows rows, int rowCount, DecodeCursor source) {
        int number = source.getCount(FIELDS_MAX);
        FieldType type = source.getFieldType();
        for (FieldColumn other : rows.columns()) {
            if (other.number() == number) {
                throw source.corrupt("field " + number + " comes twice");
            }
        }
        FieldColumn column = rows.addColumn(number, type);
        int presentCount = numberRows(rowCount, source);
        switch (type) {
            case INT64, UINT64, BOOL -> decodeLongs(column, presentCount, source);
            case FLOAT64 -> decodeDoubles(column, presentCount, source);
            case STRING -> decodeStrings(column, presentCount, source);
        }
    }

    /// Lists the rows that have a value in `rowNumbers`.
    private int numberRows(int rowCount, DecodeCursor source) {
        if (rowNumbers.length < rowCount) {
            rowNumbers = new int[rowCount + rowCount / 2];
        }
        int mode = source.getByte();
        if (mode == BatchEncoder.ALL_PRESENT) {
            for (int row = 0; row < rowCount; row++) {
                rowNumbers[row] = row;
            }
            return rowCount;
        }
        if (mode != BatchEncoder.SOME_PRESENT) {
            throw source.corrupt("presence mode " + mode);
        }
        int filled = 0;
        for (int from = 0; from < rowCount; from += 64) {
            int rest = rowCount - from;
            long bits = source.getWord(rest < 64 ? (rest + 7) >>> 3 : 8);
            if (rest < 64 && bits >>> rest != 0) {
                throw source.corrupt("presence bits behind the last row");
            }
            while (bits != 0) {
                rowNumbers[filled++] = from + Long.numberOfTrailingZeros(bits);
                bits &= bits - 1;
            }
        }
        return filled;
    }

    private void decodeLongs(FieldColumn column, int count, DecodeCursor source) {
        boolean unsigned = column.type() == FieldType.UINT64;
        for (int from = 0; from < count; from += IntegerFrame.VALUES_MAX) {
            int n = Math.min(IntegerFrame.VALUES_MAX, count - from);
            IntegerFrame.decode(source, frame, n);
            for (int i = 0; i < n; i++) {
                column.put(rowNumbers[from + i], unsigned ? Uint64.fold(frame[i]) : frame[i]);
            }
        }
    }

    private void decodeDoubles(FieldColumn column, int count, DecodeCursor source) {
        int decimals = source.getByte() - 1;
        if (decimals > FieldColumn.DECIMALS_MAX) {
            throw source.corrupt("float64 column of " + decimals + " decimals");
        }
        for (int from = 0; from < count; from += IntegerFrame.VALUES_MAX) {
            int n = Math.min(IntegerFrame.VALUES_MAX, count - from);
            int flags = IntegerFrame.decode(source, frame, n);
            if ((flags & IntegerFrame.SCALED) != 0) {
                if (decimals < 0) {
                    throw source.corrupt("scaled values without decimals");
                }
                double power = BatchEncoder.powerOfTen(decimals);
                for (int i = 0; i < n; i++) {
                    frame[i] = Double.doubleToRawLongBits(frame[i] / power);
                }
            }
            for (int i = 0; i < n; i++) {
                column.put(rowNumbers[from + i], frame[i]);
            }
        }
        column.noteDecimals(decimals);
    }

    private void decodeStrings(FieldColumn column, int count, DecodeCursor source) {
        int mode = source.getByte();
        switch (mode) {
            case StringColumnEncoder.PLAIN -> decodePlain(column, count, source);
            case StringColumnEncoder.DICTIONARY -> decodeDictionary(column, count, source);
            default -> throw source.corrupt("string mode " + mode);
        }
    }

    private void decodePlain(FieldColumn column, int count, DecodeCursor source) {
        if (lengths.length < count) {
            lengths = new int[count + count / 2];
        }
        for (int from = 0; from < count; from += IntegerFrame.VALUES_MAX) {
            int n = Math.min(IntegerFrame.VALUES_MAX, count - from);
            IntegerFrame.decode(source, frame, n);
            for (int i = 0; i < n; i++) {
                lengths[from + i] = (int) frame[i];
            }
        }
        for (int i = 0; i < count; i++) {
            int at = source.skip(lengths[i]);
            column.putString(rowNumbers[i], source.bytes(), at, lengths[i]);
        }
    }

    /// Each value goes to the column's heap once, at its first row; later rows refer to it.
    private void decodeDictionary(FieldColumn column, int count, DecodeCursor source) {
        int distinctCount = source.getCount(source.remaining());
        int[] offsets = new int[distinctCount];
        int[] sizes = new int[distinctCount];
        for (int id = 0; id < distinctCount; id++) {
            sizes[id] = source.getCount(source.remaining());
            offsets[id] = source.skip(sizes[id]);
        }
        long[] references = new long[distinctCount];
        Arrays.fill(references, -1);
        for (int from = 0; from < count; from += IntegerFrame.VALUES_MAX) {
            int n = Math.min(IntegerFrame.VALUES_MAX, count - from);
            IntegerFrame.decode(source, frame, n);
            for (int i = 0; i < n; i++) {
                int row = rowNumbers[from + i];
                if (frame[i] < 0 || frame[i] >= distinctCount) {
                    throw source.corrupt("string " + frame[i] + " of " + distinctCount);
                }
                int id = (int) frame[i];
                if (references[id] < 0) {
                    column.putString(row, source.bytes(), offsets[id], sizes[id]);
                    references[id] = column.values()[row];
                } else {
                    column.put(row, references[id]);
                }
            }
        }
    }
}
