package io.tsdb.query.result;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.query.exec.ResultColumn;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/// `{"columns":[{"name":..,"type":..}],"rows":[[..],..],"rowCount":n,"elapsedMs":x}`.
///
/// When the query fails after rows have left, the object ends with `"error":{...}` instead of
/// `rowCount`; before that the error is thrown. NaN and infinities, which JSON lacks, are written
/// as strings.
public final class JsonResultWriter implements ResultWriter {
    private static final int PIECE_BYTES = 128 << 10;

    /// An escape is six, in a text, its copy, and as bytes.
    private static final int ENCODED_BYTES_MAX = 30;

    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};

    private final TimeFormat timeFormat;
    private final TimeFormat.Writer times;
    private final LongSupplier elapsedNanos;
    private boolean hasLeft;
    private final TextBuffer out = new TextBuffer(PIECE_BYTES + (16 << 10));

    /// @param elapsedNanos time since the query began, asked once at the end
    public JsonResultWriter(TimeFormat timeFormat, LongSupplier elapsedNanos) {
        this.timeFormat = timeFormat;
        this.times = new TimeFormat.Writer(timeFormat);
        this.elapsedNanos = elapsedNanos;
    }

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    public long write(QueryResult result, TextSink sink) throws IOException {
        List<ResultColumn> columns = result.columns();
        ColumnType[] types = columns.stream().map(ResultColumn::type).toArray(ColumnType[]::new);
        // The first batch is pulled before anything is written: an error up to here gets a status
        // of its own.
        @Nullable ResultBatch batch = result.next();
        StringCache[] caches = new StringCache[types.length];
        for (int column = 0; column < types.length; column++) {
            caches[column] = new StringCache(JsonText::quoted, ENCODED_BYTES_MAX, result.memory());
        }
        writeHead(columns);
        long rows = 0;
        try {
            while (batch != null) {
                writeRows(batch, types, caches, rows == 0, sink);
                rows += batch.rowCount();
                batch = result.next();
            }
            out.append("],\"rowCount\":" + rows + ",\"elapsedMs\":");
            out.reserve(TextBuffer.VALUE_BYTES_MAX);
            out.putDouble(elapsedNanos.getAsLong() / 1_000 / 1e3);
            out.append("}\n");
        } catch (QueryException e) {
            if (!hasLeft) {
                throw e;
            }
            out.append("],\"error\":" + error(e) + "}\n");
        }
        flush(sink);
        return rows;
    }

    /// The error object of an answer: `{"code","message","line","column"}`, the place where it is
    /// known.
    public static String error(QueryException e) {
        return error(e.code().id(), e.getMessage(), e.line(), e.column());
    }

    public static String error(String code, @Nullable String message, int line, int column) {
        var text = new StringBuilder("{\"code\":").append(JsonText.quote(code));
        text.append(",\"message\":").append(JsonText.quote(message == null ? code : message));
        if (line > 0) {
            text.append(",\"line\":").append(line).append(",\"column\":").append(column);
        }
        return text.append('}').toString();
    }

    private void writeHead(List<ResultColumn> columns) {
        out.append("{\"columns\":[");
        for (int i = 0; i < columns.size(); i++) {
            out.append(i == 0 ? "{\"name\":" : ",{\"name\":");
            out.append(JsonText.quoted(columns.get(i).name()));
            out.append(",\"type\":\"" + columns.get(i).type().sqlName() + "\"}");
        }
        out.append("],\"rows\":[");
    }

    private void writeRows(
            ResultBatch batch,
            ColumnType[] types,
            StringCache[] caches,
            boolean first,
            TextSink sink)
            throws IOException {
        byte[][][] strings = new byte[types.length][][];
        long[] @Nullable [] presence = new long[types.length] @Nullable [];
        for (int column = 0; column < types.length; column++) {
            if (types[column] == ColumnType.STRING) {
                strings[column] = caches[column].update(batch, column);
            }
            presence[column] = batch.hasNoNulls(column) ? null : batch.presence(column);
        }
        int rowBytes = 3 + types.length * (TextBuffer.VALUE_BYTES_MAX + 1);
        for (int row = 0; row < batch.rowCount(); row++) {
            out.reserve(rowBytes);
            if (!first || row > 0) {
                out.put(',');
            }
            out.put('[');
            for (int column = 0; column < types.length; column++) {
                if (column > 0) {
                    out.put(',');
                }
                long[] bits = presence[column];
                if (bits != null && (bits[row >>> 6] >>> row & 1) == 0) {
                    out.append(NULL);
                } else if (types[column] == ColumnType.STRING) {
                    writeText(strings[column][batch.stringIds(column)[row]], sink);
                    out.reserve(rowBytes);
                } else {
                    writeValue(batch, types[column], column, row, rowBytes);
                }
            }
            out.put(']');
            if (out.size() >= PIECE_BYTES) {
                flush(sink);
            }
        }
    }

    /// A long text leaves as it is, so that a row of long ones is never in one buffer.
    private void writeText(byte[] text, TextSink sink) throws IOException {
        if (out.size() + text.length >= PIECE_BYTES) {
            flush(sink);
        }
        if (text.length >= PIECE_BYTES) {
            sink.write(text, text.length);
        } else {
            out.append(text);
        }
    }

    private void writeValue(ResultBatch batch, ColumnType type, int column, int row, int room) {
        switch (type) {
            case TIMESTAMP -> {
                if (timeFormat.isText()) {
                    out.put('"');
                    times.put(out, batch.longs(column)[row]);
                    out.reserve(room);
                    out.put('"');
                } else {
                    times.put(out, batch.longs(column)[row]);
                }
            }
            case INT64 -> out.putLong(batch.longs(column)[row]);
            case FLOAT64 -> writeDouble(batch.doubles(column)[row]);
            case BOOL -> out.append(batch.longs(column)[row] != 0 ? TRUE : FALSE);
            case STRING -> throw new IllegalStateException("BUG: a text is no short value");
        }
    }

    private void writeDouble(double value) {
        if (Double.isFinite(value)) {
            out.putDouble(value);
        } else {
            out.append('"' + Double.toString(value) + '"');
            out.reserve(TextBuffer.VALUE_BYTES_MAX);
        }
    }

    private void flush(TextSink sink) throws IOException {
        sink.write(out.bytes(), out.size());
        hasLeft = true;
        out.clear();
    }
}
