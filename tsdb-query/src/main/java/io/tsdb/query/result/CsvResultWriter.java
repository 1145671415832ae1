package io.tsdb.query.result;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.query.exec.ResultColumn;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// CSV as in RFC 4180: a header line, `\r\n` ends, quotes where needed. A null is an empty cell; an
/// empty string is `""`.
public final class CsvResultWriter implements ResultWriter {
    private static final int PIECE_BYTES = 128 << 10;

    /// A quote is two, in a text, its copy, and as bytes.
    private static final int ENCODED_BYTES_MAX = 10;

    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};

    private final TimeFormat.Writer times;
    private final TextBuffer out = new TextBuffer(PIECE_BYTES + (16 << 10));

    public CsvResultWriter(TimeFormat timeFormat) {
        this.times = new TimeFormat.Writer(timeFormat);
    }

    @Override
    public String contentType() {
        return "text/csv; charset=utf-8; header=present";
    }

    @Override
    public long write(QueryResult result, TextSink sink) throws IOException {
        List<ResultColumn> columns = result.columns();
        ColumnType[] types = columns.stream().map(ResultColumn::type).toArray(ColumnType[]::new);
        @Nullable ResultBatch batch = result.next();
        StringCache[] caches = new StringCache[types.length];
        for (int column = 0; column < types.length; column++) {
            caches[column] =
                    new StringCache(CsvResultWriter::cell, ENCODED_BYTES_MAX, result.memory());
        }
        for (int column = 0; column < types.length; column++) {
            if (column > 0) {
                out.append(new byte[] {','});
            }
            out.append(cell(columns.get(column).name()));
        }
        out.append("\r\n");
        long rows = 0;
        while (batch != null) {
            writeRows(batch, types, caches, sink);
            rows += batch.rowCount();
            batch = result.next();
        }
        flush(sink);
        return rows;
    }

    /// Text as a cell.
    static byte[] cell(String text) {
        boolean plain = !text.isEmpty();
        for (int i = 0; plain && i < text.length(); i++) {
            char c = text.charAt(i);
            plain = c != ',' && c != '"' && c != '\n' && c != '\r';
        }
        String cell = plain ? text : '"' + text.replace("\"", "\"\"") + '"';
        return cell.getBytes(StandardCharsets.UTF_8);
    }

    private void writeRows(
            ResultBatch batch, ColumnType[] types, StringCache[] caches, TextSink sink)
            throws IOException {
        byte[][][] strings = new byte[types.length][][];
        for (int column = 0; column < types.length; column++) {
            if (types[column] == ColumnType.STRING) {
                strings[column] = caches[column].update(batch, column);
            }
        }
        int rowBytes = 2 + types.length * (TextBuffer.VALUE_BYTES_MAX + 1);
        for (int row = 0; row < batch.rowCount(); row++) {
            out.reserve(rowBytes);
            for (int column = 0; column < types.length; column++) {
                if (column > 0) {
                    out.put(',');
                }
                if (batch.hasNoNulls(column) || !batch.isNull(column, row)) {
                    if (types[column] == ColumnType.STRING) {
                        writeText(strings[column][batch.stringIds(column)[row]], sink);
                    } else {
                        writeValue(batch, types[column], column, row);
                    }
                    out.reserve(rowBytes);
                }
            }
            out.put('\r');
            out.put('\n');
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

    private void writeValue(ResultBatch batch, ColumnType type, int column, int row) {
        switch (type) {
            case TIMESTAMP -> times.put(out, batch.longs(column)[row]);
            case INT64 -> out.putLong(batch.longs(column)[row]);
            case UINT64 -> out.putUnsigned(batch.longs(column)[row]);
            case FLOAT64 -> out.putDouble(batch.doubles(column)[row]);
            case BOOL -> out.append(batch.longs(column)[row] != 0 ? TRUE : FALSE);
            case STRING -> throw new IllegalStateException("BUG: a text is no short value");
        }
    }

    private void flush(TextSink sink) throws IOException {
        sink.write(out.bytes(), out.size());
        out.clear();
    }
}
