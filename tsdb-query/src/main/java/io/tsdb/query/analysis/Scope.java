package io.tsdb.query.analysis;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.ForeignFunctions;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.NearestName;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;

/// Columns that an expression can name: the time, tags and fields of a measurement; nothing without
/// one. Names are exact.
final class Scope {
    static final String TIME = "time";

    private final @Nullable MeasurementSchema schema;
    private final SortedSet<String> tags;

    Scope(@Nullable MeasurementSchema schema) {
        this.schema = schema;
        this.tags = schema == null ? Collections.emptySortedSet() : schema.tagKeys();
    }

    Optional<BoundExpression> find(Expression.Name name) {
        if (schema == null) {
            return Optional.empty();
        }
        if (name.text().equals(TIME)) {
            return Optional.of(new BoundExpression.Time(name.position()));
        }
        if (tags.contains(name.text())) {
            return Optional.of(new BoundExpression.Tag(name.text(), name.position()));
        }
        Optional<FieldSchema> field = schema.field(name.text());
        return field.map(
                f -> new BoundExpression.Field(f.name(), ColumnType.of(f.type()), name.position()));
    }

    boolean isTag(String name) {
        return tags.contains(name);
    }

    SortedSet<String> tags() {
        return tags;
    }

    /// All columns in the order of `SELECT *`: time, tags by name, fields by name.
    List<String> columns() {
        var names = new ArrayList<String>();
        if (schema != null) {
            names.add(TIME);
            names.addAll(tags);
            names.addAll(schema.fields().keySet());
        }
        return names;
    }

    private static String otherHint(Expression.Name name) {
        if (name.quoted()) {
            return "; text is written '" + name.text().replace("'", "''") + "', \" quotes names";
        }
        String lower = name.text().toLowerCase(Locale.ROOT);
        if (lower.equals("_time") || lower.equals("timestamp") || lower.equals("ts")) {
            return "; the time of a row is the column time";
        }
        return ForeignFunctions.here(lower).map(here -> "; write " + here).orElse("");
    }

    QueryException unknown(Expression.Name name, List<String> aliases) {
        var known = new ArrayList<>(columns());
        known.addAll(aliases);
        String hint = NearestName.hint(name.text(), known);
        String place =
                schema == null ? "; there is no FROM" : " in measurement '" + schema.name() + "'";
        return new QueryException(
                QueryErrorCode.UNKNOWN_COLUMN,
                name.position(),
                "unknown column '"
                        + name.text()
                        + "'"
                        + place
                        + (hint.isEmpty() ? otherHint(name) : hint));
    }
}
