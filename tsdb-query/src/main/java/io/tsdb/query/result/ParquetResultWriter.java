package io.tsdb.query.result;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.query.exec.ResultColumn;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.parquet.ParquetStream;
import io.tsdb.storage.parquet.ParquetStream.Column;
import io.tsdb.storage.parquet.ParquetStream.Kind;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// A Parquet file: row groups as the rows come, the footer at the end. A file without its footer is
/// of a query that failed on the way, and no reader takes it.
public final class ParquetResultWriter implements ResultWriter {
    public static final String CONTENT_TYPE = "application/vnd.apache.parquet";

    /// A UTF-16 unit takes three bytes, in an array that may be copied.
    private static final int ENCODED_BYTES_MAX = 6;

    @Override
    public String contentType() {
        return CONTENT_TYPE;
    }

    @Override
    public long write(QueryResult result, TextSink sink) throws IOException {
        ColumnType[] types =
                result.columns().stream().map(ResultColumn::type).toArray(ColumnType[]::new);
        @Nullable ResultBatch batch = result.next();
        MemoryAccount memory = result.memory();
        StringCache[] caches = new StringCache[types.length];
        for (int column = 0; column < types.length; column++) {
            caches[column] =
                    new StringCache(
                            text -> text.getBytes(StandardCharsets.UTF_8),
                            ENCODED_BYTES_MAX,
                            memory.sibling());
        }
        var pieces = new PieceSink(sink);
        long rows = 0;
        try (var file =
                new ParquetStream(columns(result.columns()), pieces::write, memory::reserve)) {
            while (batch != null) {
                byte[][][] texts = new byte[types.length][][];
                for (int column = 0; column < types.length; column++) {
                    texts[column] =
                            types[column] == ColumnType.STRING
                                    ? caches[column].update(batch, column)
                                    : new byte[0][];
                }
                file.begin(batch.rowCount(), textBytes(batch, types, texts));
                for (int column = 0; column < types.length; column++) {
                    add(file, batch, column, types[column], texts[column]);
                }
                file.endBatch(batch.rowCount());
                rows += batch.rowCount();
                batch = result.next();
            }
            file.finish();
        }
        pieces.flush();
        return rows;
    }

    /// Names are told apart by a number: a reader takes no two alike.
    private static List<Column> columns(List<ResultColumn> of) {
        var names = new HashSet<String>();
        of.forEach(column -> names.add(column.name()));
        var taken = new HashSet<String>();
        var columns = new ArrayList<Column>();
        for (ResultColumn column : of) {
            String name = column.name();
            for (int i = 1; !taken.add(name); i++) {
                String next = column.name() + "_" + i;
                name = names.contains(next) ? name : next;
            }
            columns.add(
                    new Column(
                            name,
                            switch (column.type()) {
                                case TIMESTAMP -> Kind.TIMESTAMP;
                                case INT64 -> Kind.INT64;
                                case UINT64 -> Kind.UINT64;
                                case FLOAT64 -> Kind.FLOAT64;
                                case BOOL -> Kind.BOOL;
                                case STRING -> Kind.STRING;
                            }));
        }
        return columns;
    }

    private static long textBytes(ResultBatch batch, ColumnType[] types, byte[][][] texts) {
        long bytes = 0;
        for (int column = 0; column < types.length; column++) {
            if (types[column] == ColumnType.STRING) {
                for (int row = 0; row < batch.rowCount(); row++) {
                    bytes +=
                            batch.isNull(column, row)
                                    ? 0
                                    : texts[column][batch.stringIds(column)[row]].length;
                }
            }
        }
        return bytes;
    }

    private static void add(
            ParquetStream file, ResultBatch batch, int column, ColumnType type, byte[][] texts) {
        for (int row = 0; row < batch.rowCount(); row++) {
            boolean isPresent = !batch.isNull(column, row);
            file.presence(column, row, isPresent);
            if (isPresent) {
                switch (type) {
                    case TIMESTAMP, INT64 -> file.value(column, batch.longs(column)[row]);
                    case UINT64 -> file.value(column, Uint64.fold(batch.longs(column)[row]));
                    case FLOAT64 -> file.value(column, batch.doubles(column)[row]);
                    case BOOL -> file.value(column, batch.longs(column)[row] != 0);
                    case STRING -> file.value(column, texts[batch.stringIds(column)[row]]);
                }
            }
        }
    }
}
