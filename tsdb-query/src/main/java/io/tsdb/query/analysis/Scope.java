package io.tsdb.query.analysis;

import io.tsdb.query.function.ForeignFunctions;
import io.tsdb.query.function.Functions;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Interval;
import io.tsdb.query.sql.NearestName;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Columns that an expression can name. Names are exact.
abstract sealed class Scope permits MeasurementScope, DerivedScope, JoinScope {
    static final String TIME = "time";

    private final @Nullable String relation;
    private final String place;
    private @Nullable Scope around;

    /// @param relation what may stand before a dot; null for nothing
    /// @param place where columns are looked up, for errors
    Scope(@Nullable String relation, String place) {
        this.relation = relation;
        this.place = place;
    }

    /// Without `FROM`.
    static Scope nothing() {
        return new DerivedScope("; there is no FROM");
    }

    /// The column of a name without its qualifier.
    abstract Optional<BoundExpression> column(Expression.Name name);

    /// Names of all columns in the order of `SELECT *`.
    abstract List<String> columns();

    /// What no row lacks: the argument of `count(*)`.
    abstract BoundExpression anyValue(Position position);

    /// Whether a column is what the clocks of a time zone show, and not when.
    boolean isLocal(BoundExpression.Input column) {
        return false;
    }

    /// The time of a row, which `first` and `last` go by; empty when rows have none.
    abstract Optional<BoundExpression> time();

    /// What the columns are of; after all expressions over them are resolved.
    abstract Relation relation();

    /// A column and its name.
    record Named(String name, BoundExpression expression) {}

    /// All columns, in the order of `SELECT *`.
    abstract List<Named> all(Position position);

    /// All columns of `relation.*`.
    List<Named> all(String qualifier, Position position) {
        if (!names().contains(qualifier)) {
            throw unknownRelation(new Expression.Name(position, "*"), qualifier);
        }
        return all(position);
    }

    /// What may stand before a dot.
    List<String> names() {
        return relation == null ? List.of() : List.of(relation);
    }

    /// Where columns are looked up, for errors.
    String place() {
        return place;
    }

    /// Says what the query around sees, where this one stands in an expression: for errors.
    void standsIn(@Nullable Scope scope) {
        around = scope;
    }

    private boolean sees(Expression.Name name) {
        return hasColumn(name) || around != null && around.sees(name);
    }

    boolean hasColumn(Expression.Name name) {
        String qualifier = name.qualifier();
        return (qualifier == null || names().contains(qualifier))
                && columns().contains(name.text());
    }

    private String aroundHint(Expression.Name name) {
        return around != null && around.sees(name)
                ? "; a query in an expression names columns of the one around it in its WHERE"
                        + " alone, as one side of an equality"
                : "";
    }

    /// The column of a name; empty when the relation that it may name has none.
    Optional<BoundExpression> find(Expression.Name name) {
        String qualifier = name.qualifier();
        if (qualifier != null && !names().contains(qualifier)) {
            throw unknownRelation(name, qualifier);
        }
        return column(name);
    }

    final QueryException unknownRelation(Expression.Name name, String qualifier) {
        String aroundHint = aroundHint(name);
        if (!aroundHint.isEmpty()) {
            return new QueryException(
                    QueryErrorCode.UNKNOWN_MEASUREMENT,
                    name.position(),
                    "'" + qualifier + "' is nothing that FROM names" + aroundHint);
        }
        return new QueryException(
                QueryErrorCode.UNKNOWN_MEASUREMENT,
                name.position(),
                "'"
                        + qualifier
                        + "' is nothing that FROM names"
                        + NearestName.hint(qualifier, names())
                        + "; a name that has a '.' is quoted: \""
                        + qualifier
                        + "."
                        + name.text()
                        + "\"");
    }

    QueryException unknown(Expression.Name name, List<String> aliases) {
        var known = new ArrayList<>(columns());
        known.addAll(aliases);
        String aroundHint = aroundHint(name);
        String hint = aroundHint.isEmpty() ? NearestName.hint(name.text(), known) : aroundHint;
        return new QueryException(
                QueryErrorCode.UNKNOWN_COLUMN,
                name.position(),
                "unknown column '"
                        + name.text()
                        + "'"
                        + place()
                        + (hint.isEmpty() ? otherHint(name) : hint));
    }

    /// For a name in quotes that was probably meant as a text.
    static String quoteHint(Expression.Name name) {
        return "; text is written '" + name.text().replace("'", "''") + "', \" quotes names";
    }

    private static String otherHint(Expression.Name name) {
        if (name.quoted()) {
            return quoteHint(name);
        }
        String lower = name.text().toLowerCase(Locale.ROOT);
        if (lower.equals("_time") || lower.equals("timestamp") || lower.equals("ts")) {
            return "; the time of a row is the column time";
        }
        if (Functions.names().contains(lower)) {
            return "; a function is called with parentheses: " + lower + "(...)";
        }
        if (Interval.unit(name.text()).isPresent() && lower.length() > 2) {
            return "; a unit is a text: date_trunc('hour', time), or stands in extract(hour FROM"
                    + " time)";
        }
        return ForeignFunctions.here(lower).map(here -> "; " + here).orElse("");
    }
}
