package io.tsdb.query.oracle;

import io.tsdb.query.column.ColumnType;

/// One expression in both dialects.
record Sql(String ours, String duck, ColumnType type) {
    static Sql same(String text, ColumnType type) {
        return new Sql(text, text, type);
    }
}
