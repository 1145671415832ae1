package io.tsdb.query.exec;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.DictionaryMapper;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.CorruptDataException;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Rows of the last operator as a result: counted against the limit, strings brought to one
/// dictionary per column for the whole result.
///
/// A query that has to give up its memory to others before it has handed out a row starts anew when
/// there is more; so does, a few times, one that lost the replica of a shard that it read from.
final class StreamedResult implements QueryResult {
    /// Starts the operators of a query.
    @FunctionalInterface
    interface Start {
        BatchSource start(QueryControl control);
    }

    private final List<ResultColumn> columns;
    private final Start start;
    private final long rowsMax;
    private final @Nullable DictionaryMapper[] mappers;
    private final ColumnBatch output;
    private final @Nullable ColumnVector[] texts;
    private final ResultBatch result;
    private volatile QueryControl control;
    private BatchSource source;
    private long rowCount;
    private boolean isDone;

    /// @param rowsMax most rows of the result
    /// @param control of the query: its memory is closed with the result
    StreamedResult(List<ResultColumn> columns, Start start, long rowsMax, QueryControl control) {
        this.columns = List.copyOf(columns);
        this.start = start;
        this.rowsMax = rowsMax;
        this.control = control;
        this.output = new ColumnBatch(columns.size());
        this.mappers = new DictionaryMapper[columns.size()];
        this.texts = new ColumnVector[columns.size()];
        this.result = new ResultBatch(output);
        this.source = start.start(control);
    }

    private void prepareTexts() {
        MemoryAccount account = control.memory().account();
        for (int i = 0; i < mappers.length; i++) {
            if (columns.get(i).type() == ColumnType.STRING) {
                account.reserve(ColumnVector.MEMORY_BYTES);
                mappers[i] = new DictionaryMapper(account);
                texts[i] = new ColumnVector(ColumnType.STRING);
            }
        }
    }

    private @Nullable ColumnBatch pull() {
        if (rowCount > 0) {
            return source.next();
        }
        while (true) {
            try {
                prepareTexts();
                return source.next();
            } catch (QueryException e) {
                boolean again =
                        e.code() == QueryErrorCode.MEMORY_BUSY
                                || e.code() == QueryErrorCode.UNAVAILABLE && control.beginsAnew();
                if (!again) {
                    throw e;
                }
                source.close();
                control = control.again();
                source = start.start(control);
            }
        }
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
        ColumnBatch batch;
        try {
            batch = pull();
        } catch (CorruptDataException e) {
            throw QueryEngine.damaged(e);
        }
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

    @Override
    public MemoryAccount memory() {
        return control.memory().account();
    }

    /// Rows that were handed out.
    long rowCount() {
        return rowCount;
    }

    /// Memory that the query holds now; asked by any thread.
    long heldBytes() {
        return control.memory().heldBytes();
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
        try {
            source.close();
        } finally {
            control.memory().close();
        }
    }
}
