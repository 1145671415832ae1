package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.DictionaryMapper;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Rows of the last operator as a result: counted against the limit, strings brought to one
/// dictionary per column for the whole result.
final class StreamedResult implements QueryResult {
    private final List<ResultColumn> columns;
    private final BatchSource source;
    private final long rowsMax;
    private final @Nullable DictionaryMapper[] mappers;
    private final ColumnBatch output;
    private final @Nullable ColumnVector[] texts;
    private final ResultBatch result;
    private long rowCount;
    private boolean isDone;

    /// @param rowsMax most rows of the result
    StreamedResult(List<ResultColumn> columns, BatchSource source, long rowsMax) {
        this.columns = List.copyOf(columns);
        this.source = source;
        this.rowsMax = rowsMax;
        this.output = new ColumnBatch(columns.size());
        this.mappers = new DictionaryMapper[columns.size()];
        this.texts = new ColumnVector[columns.size()];
        for (int i = 0; i < mappers.length; i++) {
            if (columns.get(i).type() == ColumnType.STRING) {
                mappers[i] = new DictionaryMapper(new StringDictionary());
                texts[i] = new ColumnVector(ColumnType.STRING);
            }
        }
        this.result = new ResultBatch(output);
    }

    @Override
    public List<ResultColumn> columns() {
        return columns;
    }

    @Override
    public @Nullable ResultBatch next() {
        if (isDone) {
            return null;
        }
        isDone = true;
        ColumnBatch batch = source.next();
        if (batch == null) {
            return null;
        }
        rowCount += batch.rowCount();
        if (rowCount > rowsMax) {
            throw new QueryException(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    Position.NONE,
                    "the answer has more than " + rowsMax + " rows; add LIMIT");
        }
        for (int i = 0; i < mappers.length; i++) {
            DictionaryMapper mapper = mappers[i];
            ColumnVector text = texts[i];
            output.setColumn(
                    i,
                    mapper == null || text == null
                            ? batch.column(i)
                            : mapped(batch.column(i), batch.rowCount(), mapper, text));
        }
        output.setRowCount(batch.rowCount());
        isDone = false;
        return result;
    }

    private static ColumnVector mapped(
            ColumnVector from, int count, DictionaryMapper mapper, ColumnVector to) {
        mapper.rotateIfLarge();
        int[] map = mapper.map(from, 0, count);
        int[] ids = from.ids();
        for (int row = 0; row < count; row++) {
            to.ids()[row] = Math.max(0, map[ids[row]]);
        }
        to.copyPresence(from);
        to.setDictionary(mapper.target());
        return to;
    }

    @Override
    public void close() {
        isDone = true;
        source.close();
    }
}
