package io.tsdb.query.result;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.query.exec.ResultColumn;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// An Arrow IPC stream: the schema, a record batch for each batch of the result, the end marker.
/// Arrays are copied as they are; texts are encoded once per entry of their dictionary.
///
/// A stream without its end marker is of a query that failed on the way.
public final class ArrowResultWriter implements ResultWriter {
    public static final String CONTENT_TYPE = "application/vnd.apache.arrow.stream";

    /// A UTF-16 unit takes three bytes, in an array that may be copied.
    private static final int ENCODED_BYTES_MAX = 6;

    @Override
    public String contentType() {
        return CONTENT_TYPE;
    }

    @Override
    public long write(QueryResult result, TextSink sink) throws IOException {
        List<ResultColumn> columns = result.columns();
        ColumnType[] types = columns.stream().map(ResultColumn::type).toArray(ColumnType[]::new);
        @Nullable ResultBatch batch = result.next();
        MemoryAccount memory = result.memory();
        var body = new ArrowBody(memory);
        StringCache[] caches = new StringCache[types.length];
        for (int column = 0; column < types.length; column++) {
            caches[column] =
                    new StringCache(
                            text -> text.getBytes(StandardCharsets.UTF_8),
                            ENCODED_BYTES_MAX,
                            memory.sibling());
        }
        byte[] schema = ArrowMessages.schema(columns);
        var pieces = new PieceSink(sink);
        pieces.write(schema, schema.length);
        long rows = 0;
        while (batch != null) {
            body.clear();
            byte[] head = fill(body, batch, types, caches);
            pieces.write(head, head.length);
            pieces.write(body.bytes(), body.size());
            rows += batch.rowCount();
            batch = result.next();
        }
        pieces.write(ArrowMessages.END, ArrowMessages.END.length);
        pieces.flush();
        return rows;
    }

    private static byte[] fill(
            ArrowBody body, ResultBatch batch, ColumnType[] types, StringCache[] caches) {
        long[] nullCounts = new long[types.length];
        int rows = batch.rowCount();
        for (int column = 0; column < types.length; column++) {
            nullCounts[column] = body.addPresence(batch, column);
            switch (types[column]) {
                case TIMESTAMP, INT64 -> body.addLongs(batch.longs(column), rows);
                case UINT64 -> body.addUnsigned(batch.longs(column), rows);
                case FLOAT64 -> body.addDoubles(batch.doubles(column), rows);
                case BOOL -> body.addBits(batch.longs(column), rows);
                case STRING -> body.addTexts(batch, column, caches[column].update(batch, column));
            }
        }
        return ArrowMessages.batch(rows, nullCounts, body.buffers(), body.size());
    }
}
