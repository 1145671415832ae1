package io.tsdb.query.result;

import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.query.exec.ResultColumn;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.JsonText;

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
    private final LongSupplier elapsedNanos;
    private final JsonValues values;
    private final TextBuffer out;

    /// @param elapsedNanos time since the query began, asked once at the end
    public JsonResultWriter(TimeFormat timeFormat, LongSupplier elapsedNanos) {
        this.values = new JsonValues(timeFormat);
        this.out = values.out();
        this.elapsedNanos = elapsedNanos;
    }

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    public long write(QueryResult result, TextSink sink) throws IOException {
        List<ResultColumn> columns = result.columns();
        // The first batch is pulled before anything is written: an error up to here gets a status
        // of its own.
        @Nullable ResultBatch batch = result.next();
        values.open(columns, result.memory());
        writeHead(columns);
        long rows = 0;
        try {
            while (batch != null) {
                writeRows(batch, columns.size(), rows == 0, sink);
                rows += batch.rowCount();
                batch = result.next();
            }
            out.append("],\"rowCount\":" + rows + ",\"elapsedMs\":");
            out.reserve(TextBuffer.VALUE_BYTES_MAX);
            out.putDouble(elapsedNanos.getAsLong() / 1_000 / 1e3);
            out.append("}\n");
        } catch (QueryException e) {
            if (!values.hasLeft()) {
                throw e;
            }
            out.append("],\"error\":" + error(e) + "}\n");
        }
        values.flush(sink);
        return rows;
    }

    /// The error object of an answer: `{"code","message","line","column"}`, the place where it is
    /// known.
    public static String error(QueryException e) {
        return error(e.code().id(), e.getMessage(), e.line(), e.column());
    }

    public static String error(String code, @Nullable String message, int line, int column) {
        var text = new StringBuilder("{\"code\":").append(JsonText.quoted(code));
        text.append(",\"message\":").append(JsonText.quoted(message == null ? code : message));
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

    private void writeRows(ResultBatch batch, int columnCount, boolean first, TextSink sink)
            throws IOException {
        values.begin(batch);
        for (int row = 0; row < batch.rowCount(); row++) {
            values.reserveRow();
            if (!first || row > 0) {
                out.put(',');
            }
            out.put('[');
            for (int column = 0; column < columnCount; column++) {
                if (column > 0) {
                    out.put(',');
                }
                values.put(column, row, sink);
            }
            out.put(']');
            values.endRow(sink);
        }
    }
}
