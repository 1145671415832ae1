package io.tsdb.query.result;

import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.query.exec.ResultColumn;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;

/// A JSON object per row and line, `{"time":"...","v":1.5}`; values as [JsonResultWriter] writes
/// them.
///
/// When the query fails after rows have left, the last line is `{"error":{...}}`; before that the
/// error is thrown.
public final class NdjsonResultWriter implements ResultWriter {
    private final JsonValues values;
    private final TextBuffer out;

    public NdjsonResultWriter(TimeFormat timeFormat) {
        this.values = new JsonValues(timeFormat);
        this.out = values.out();
    }

    @Override
    public String contentType() {
        return "application/x-ndjson";
    }

    @Override
    public long write(QueryResult result, TextSink sink) throws IOException {
        List<ResultColumn> columns = result.columns();
        @Nullable ResultBatch batch = result.next();
        values.open(columns, result.memory());
        var names = new byte[columns.size()][];
        for (int column = 0; column < names.length; column++) {
            names[column] = JsonValues.quoted(columns.get(column).name());
        }
        long rows = 0;
        try {
            while (batch != null) {
                writeRows(batch, names, sink);
                rows += batch.rowCount();
                batch = result.next();
            }
        } catch (QueryException e) {
            if (!values.hasLeft()) {
                throw e;
            }
            out.append("{\"error\":" + JsonResultWriter.error(e) + "}\n");
        }
        values.flush(sink);
        return rows;
    }

    private void writeRows(ResultBatch batch, byte[][] names, TextSink sink) throws IOException {
        values.begin(batch);
        for (int row = 0; row < batch.rowCount(); row++) {
            values.reserveRow();
            out.put('{');
            for (int column = 0; column < names.length; column++) {
                if (column > 0) {
                    out.put(',');
                }
                out.append(names[column]);
                values.reserveRow();
                out.put(':');
                values.put(column, row, sink);
            }
            out.put('}');
            out.put('\n');
            values.endRow(sink);
        }
    }
}
