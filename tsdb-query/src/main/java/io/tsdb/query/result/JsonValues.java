package io.tsdb.query.result;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.query.exec.ResultColumn;
import io.tsdb.storage.model.JsonText;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Values of result batches as JSON, into a buffer that leaves in pieces. NaN and infinities, which
/// JSON lacks, are texts. One thread.
final class JsonValues {
    private static final int PIECE_BYTES = 128 << 10;

    /// An escape is six, in a text, its copy, and as bytes.
    private static final int ENCODED_BYTES_MAX = 30;

    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};

    /// Enough for a small answer; clearing room for a large one costs as much as writing it.
    private static final int FIRST_BYTES = 4 << 10;

    private final TextBuffer out = new TextBuffer(FIRST_BYTES);
    private final TimeFormat timeFormat;
    private final TimeFormat.Writer times;
    private ColumnType[] types = {};
    private StringCache[] caches = {};
    private byte[][][] strings = {};
    private long[] @Nullable [] presence = {};
    private @Nullable ResultBatch batch;
    private boolean hasLeft;
    private int rowBytes;

    JsonValues(TimeFormat timeFormat) {
        this.timeFormat = timeFormat;
        this.times = new TimeFormat.Writer(timeFormat);
    }

    TextBuffer out() {
        return out;
    }

    /// Before the first batch.
    ///
    /// @param memory of the query
    void open(List<ResultColumn> columns, MemoryAccount memory) {
        types = columns.stream().map(ResultColumn::type).toArray(ColumnType[]::new);
        caches = new StringCache[types.length];
        for (int column = 0; column < types.length; column++) {
            caches[column] =
                    new StringCache(JsonValues::quoted, ENCODED_BYTES_MAX, memory.sibling());
        }
        strings = new byte[types.length][][];
        presence = new long[types.length] @Nullable [];
        rowBytes = 3 + types.length * (TextBuffer.VALUE_BYTES_MAX + 1);
    }

    static byte[] quoted(String text) {
        return JsonText.quoted(text).getBytes(StandardCharsets.UTF_8);
    }

    void begin(ResultBatch next) {
        batch = next;
        for (int column = 0; column < types.length; column++) {
            if (types[column] == ColumnType.STRING) {
                strings[column] = caches[column].update(next, column);
            }
            presence[column] = next.hasNoNulls(column) ? null : next.presence(column);
        }
    }

    /// Makes room for what stands between the values of a row, and for its numbers.
    void reserveRow() {
        out.reserve(rowBytes);
    }

    /// Whether something has been handed to the sink.
    boolean hasLeft() {
        return hasLeft;
    }

    void put(int column, int row, TextSink sink) throws IOException {
        ResultBatch values = batch;
        if (values == null) {
            throw new IllegalStateException("BUG: no batch was begun");
        }
        long[] bits = presence[column];
        if (bits != null && (bits[row >>> 6] >>> row & 1) == 0) {
            out.append(NULL);
            return;
        }
        switch (types[column]) {
            case TIMESTAMP -> putTime(values.longs(column)[row]);
            case INT64 -> out.putLong(values.longs(column)[row]);
            case UINT64 -> out.putUnsigned(values.longs(column)[row]);
            case FLOAT64 -> putDouble(values.doubles(column)[row]);
            case BOOL -> out.append(values.longs(column)[row] != 0 ? TRUE : FALSE);
            case STRING -> {
                putText(strings[column][values.stringIds(column)[row]], sink);
            }
        }
    }

    private void putTime(long nanos) {
        if (timeFormat.isText()) {
            out.put('"');
            times.put(out, nanos);
            out.reserve(rowBytes);
            out.put('"');
        } else {
            times.put(out, nanos);
        }
    }

    private void putDouble(double value) {
        if (Double.isFinite(value)) {
            out.putDouble(value);
        } else {
            out.append('"' + Double.toString(value) + '"');
            out.reserve(rowBytes);
        }
    }

    /// A long text leaves as it is, so that a row of long ones is never in one buffer.
    private void putText(byte[] text, TextSink sink) throws IOException {
        if (out.size() + text.length >= PIECE_BYTES) {
            flush(sink);
        }
        if (text.length >= PIECE_BYTES) {
            sink.write(text, text.length);
        } else {
            out.reserve(text.length + rowBytes);
            out.put(text, text.length);
        }
    }

    void endRow(TextSink sink) throws IOException {
        if (out.size() >= PIECE_BYTES) {
            flush(sink);
        }
    }

    void flush(TextSink sink) throws IOException {
        sink.write(out.bytes(), out.size());
        hasLeft = true;
        out.clear();
    }
}
