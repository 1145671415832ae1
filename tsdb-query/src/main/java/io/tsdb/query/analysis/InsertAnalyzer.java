package io.tsdb.query.analysis;

import io.tsdb.query.analysis.AnalyzedInsert.Column;
import io.tsdb.query.analysis.AnalyzedInsert.Kind;
import io.tsdb.query.analysis.AnalyzedSelect.Output;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.Field;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.BoundExpression.Tag;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.Statement.ColumnKind;
import io.tsdb.query.sql.Statement.Insert;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Resolves an `INSERT`: which column is what, and whether the query's types fit.
public final class InsertAnalyzer {
    private final String database;
    private final Insert insert;
    private final @Nullable MeasurementSchema schema;
    private final AnalyzedQuery query;
    private final ZoneId timeZone;

    /// @param schema of the measurement; null when there is none yet
    /// @param query that the rows come from
    /// @param timeZone of the session
    public InsertAnalyzer(
            String database,
            Insert insert,
            Optional<MeasurementSchema> schema,
            AnalyzedQuery query,
            ZoneId timeZone) {
        this.database = database;
        this.insert = insert;
        this.schema = schema.orElse(null);
        this.query = query;
        this.timeZone = timeZone;
    }

    public AnalyzedInsert analyze() {
        return SessionZone.in(timeZone, this::resolved);
    }

    private AnalyzedInsert resolved() {
        List<Insert.Column> named = named();
        checkNames(named);
        var columns = new ArrayList<Column>();
        var sources = new ArrayList<Integer>();
        for (int i = 0; i < named.size(); i++) {
            Insert.Column name = named.get(i);
            Kind kind = kind(name, i);
            // a new column without a value is none
            boolean isVoid = query.isNull(i) && kind != Kind.TIME && !isKnown(name.name());
            if (!isVoid) {
                columns.add(new Column(name.name(), kind, type(name, kind, i)));
                sources.add(i);
            }
        }
        if (columns.stream().noneMatch(c -> c.kind() == Kind.TIME)) {
            throw new QueryException(
                    QueryErrorCode.UNKNOWN_COLUMN,
                    insert.measurement().position(),
                    "INSERT needs the column time; now() is the time at which the statement"
                            + " started");
        }
        if (columns.stream().noneMatch(c -> c.kind() == Kind.FIELD)) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    insert.measurement().position(),
                    "a point needs a field: of the columns "
                            + columns.stream().map(Column::name).collect(Collectors.joining(", "))
                            + " none is one; FIELD behind a new column's name makes it one");
        }
        return new AnalyzedInsert(
                database, insert.measurement().name(), columns, rows(named, columns, sources));
    }

    private List<Insert.Column> named() {
        int width = query.columns().size();
        if (!insert.columns().isEmpty()) {
            if (insert.columns().size() != width) {
                throw new QueryException(
                        QueryErrorCode.INVALID_VALUE,
                        insert.columns().getFirst().position(),
                        "INSERT names "
                                + insert.columns().size()
                                + " columns, its rows have "
                                + width);
            }
            return insert.columns();
        }
        if (insert.query().body() instanceof Query.Values) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    insert.query().position(),
                    "INSERT of VALUES names its columns: INSERT INTO "
                            + insert.measurement().name()
                            + " ("
                            + example()
                            + ") VALUES (...)");
        }
        return query.columns().stream()
                .map(c -> new Insert.Column(insert.query().position(), c.name(), null))
                .toList();
    }

    private String example() {
        if (schema == null) {
            return "time, tag, field";
        }
        var names = new ArrayList<String>(List.of("time"));
        names.addAll(schema.tagKeys());
        names.addAll(schema.fields().keySet());
        return String.join(", ", names);
    }

    private static void checkNames(List<Insert.Column> named) {
        var known = new HashSet<String>();
        for (Insert.Column column : named) {
            if (!known.add(column.name())) {
                throw new QueryException(
                        QueryErrorCode.AMBIGUOUS_NAME,
                        column.position(),
                        "more than one column is named '" + column.name() + "'");
            }
        }
    }

    private boolean isKnown(String name) {
        return schema != null && (schema.hasTagKey(name) || schema.field(name).isPresent());
    }

    private Kind kind(Insert.Column column, int source) {
        Kind known = knownKind(column.name());
        Kind said =
                switch (column.kind()) {
                    case null -> null;
                    case ColumnKind.TAG -> Kind.TAG;
                    case ColumnKind.FIELD -> Kind.FIELD;
                };
        if (known != null && said != null && known != said) {
            throw new QueryException(
                    QueryErrorCode.TYPE_MISMATCH,
                    column.position(),
                    "column '" + column.name() + "' is " + known.text() + ", not " + said.text());
        }
        if (known != null) {
            return known;
        }
        if (said != null) {
            return said;
        }
        Kind there = kindThere(query, source);
        boolean isText = query.columns().get(source).type() == ColumnType.STRING;
        return there != null ? there : isText ? Kind.TAG : Kind.FIELD;
    }

    private @Nullable Kind knownKind(String name) {
        if (name.equals(Scope.TIME)) {
            return Kind.TIME;
        }
        if (schema == null) {
            return null;
        }
        return schema.hasTagKey(name)
                ? Kind.TAG
                : schema.field(name).isPresent() ? Kind.FIELD : null;
    }

    /// What a column of a query is where it comes from, when it is handed on as it is.
    private static @Nullable Kind kindThere(AnalyzedQuery query, int column) {
        if (!(query instanceof AnalyzedSelect select) || select.filling() != null) {
            return null;
        }
        BoundExpression from = select.outputs().get(column).expression();
        if (from instanceof Input(int index, _, _, _) && select.windows() != null) {
            List<BoundExpression> columns = select.windows().columns();
            if (index >= columns.size()) {
                return null;
            }
            from = columns.get(index);
        }
        if (from instanceof Input(int index, _, _, _) && select.aggregation() != null) {
            List<BoundExpression> keys = select.aggregation().keys();
            if (index >= keys.size()) {
                return null;
            }
            from = keys.get(index);
        }
        return switch (from) {
            case Tag _ -> Kind.TAG;
            case Field _ -> Kind.FIELD;
            case Input(int index, _, _, _)
                    when select.relation() instanceof Relation.Derived derived ->
                    kindThere(derived.query(), index);
            default -> null;
        };
    }

    private ColumnType type(Insert.Column column, Kind kind, int source) {
        ColumnType given = query.columns().get(source).type();
        return switch (kind) {
            case TIME -> ColumnType.TIMESTAMP;
            case TAG -> ColumnType.STRING;
            case FIELD -> {
                Optional<FieldSchema> field =
                        schema == null ? Optional.empty() : schema.field(column.name());
                if (field.isPresent()) {
                    yield ColumnType.of(field.get().type());
                }
                if (given == ColumnType.TIMESTAMP) {
                    throw new QueryException(
                            QueryErrorCode.TYPE_MISMATCH,
                            column.position(),
                            "fields hold no timestamps: for '"
                                    + column.name()
                                    + "' write epoch_ns(...) or CAST(... AS string)");
                }
                yield given;
            }
        };
    }

    private AnalyzedQuery rows(
            List<Insert.Column> named, List<Column> columns, List<Integer> sources) {
        if (query instanceof AnalyzedQuery.Rows values) {
            return new AnalyzedQuery.Rows(
                    columns.stream()
                            .map(c -> new AnalyzedQuery.Column(c.name(), c.type()))
                            .toList(),
                    constants(values, named, columns, sources));
        }
        var outputs = new ArrayList<Output>();
        for (int i = 0; i < columns.size(); i++) {
            int source = sources.get(i);
            AnalyzedQuery.Column from = query.columns().get(source);
            BoundExpression input =
                    query.isNull(source)
                            ? new Constant(from.type(), null)
                            : new Input(source, from.type(), from.name());
            Position at = named.get(source).position();
            outputs.add(new Output(columns.get(i).name(), fitting(input, columns.get(i), at)));
        }
        List<String> names = query.columns().stream().map(AnalyzedQuery.Column::name).toList();
        return AnalyzedSelect.over(new Relation.Derived(query, names), outputs);
    }

    private List<List<Constant>> constants(
            AnalyzedQuery.Rows values,
            List<Insert.Column> named,
            List<Column> columns,
            List<Integer> sources) {
        List<Constant> first = values.rows().isEmpty() ? List.of() : values.rows().getFirst();
        var rows = new ArrayList<List<Constant>>();
        for (int row = 0; row < values.rows().size(); row++) {
            List<Constant> given = values.rows().get(row);
            var fitted = new ArrayList<Constant>(first.size());
            for (int i = 0; i < columns.size(); i++) {
                int source = sources.get(i);
                Position at =
                        insert.query().body() instanceof Query.Values written
                                ? written.rows().get(row).get(source).position()
                                : named.get(source).position();
                fitted.add((Constant) fitting(given.get(source), columns.get(i), at));
            }
            rows.add(fitted);
        }
        return rows;
    }

    private BoundExpression fitting(BoundExpression value, Column target, Position at) {
        return Coercion.to(value, target.type(), at)
                .orElseThrow(
                        () ->
                                Coercion.mismatch(
                                        at,
                                        "column '"
                                                + target.name()
                                                + "' of '"
                                                + insert.measurement().name()
                                                + "' is "
                                                + target.kind().text()
                                                + " of type "
                                                + target.type().sqlName()
                                                + ", not "
                                                + value.type().sqlName()
                                                + "; CAST(... AS "
                                                + target.type().sqlName()
                                                + ") converts"));
    }
}
