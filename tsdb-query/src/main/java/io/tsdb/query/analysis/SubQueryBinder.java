package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/// Queries that stand in expressions: as constants, or, where they are tied to the rows around
/// them, as columns of rows that are joined to these.
final class SubQueryBinder {
    private final BiFunction<Query, Scope, AnalyzedQuery> analyzer;
    private final BiFunction<Query, Scope, Optional<Correlation>> correlations;
    private final SubQueries runner;

    /// @param analyzer resolves a query that stands in expressions over a scope
    /// @param correlations how such a query is tied to the rows of that scope
    SubQueryBinder(
            BiFunction<Query, Scope, AnalyzedQuery> analyzer,
            BiFunction<Query, Scope, Optional<Correlation>> correlations,
            SubQueries runner) {
        this.analyzer = analyzer;
        this.correlations = correlations;
        this.runner = runner;
    }

    BoundExpression scalar(Expression.ScalarQuery scalar, ExpressionBinder around) {
        Optional<Correlation> tied = correlations.apply(scalar.query(), around.scope());
        return tied.isPresent()
                ? joined(tied.get(), around).scalar(tied.get(), scalar.position())
                : value(scalar.query(), around.scope(), scalar.position());
    }

    private Constant value(Query written, Scope scope, Position position) {
        AnalyzedQuery query = ofOneColumn(written, scope, position);
        List<Constant> rows = runner.first(query, 2);
        if (rows.size() > 1) {
            throw severalRows(position);
        }
        return rows.isEmpty()
                ? new Constant(query.columns().getFirst().type(), null)
                : rows.getFirst();
    }

    private static QueryException severalRows(Position position) {
        return new QueryException(
                QueryErrorCode.INVALID_VALUE,
                position,
                "the query that is a value has more than one row; add LIMIT 1 or an aggregate");
    }

    BoundExpression exists(Expression.Exists exists, ExpressionBinder around) {
        Optional<Correlation> tied = correlations.apply(exists.query(), around.scope());
        if (tied.isPresent()) {
            return tied.get().isOneGroup()
                    ? new Constant(ColumnType.BOOL, true)
                    : joined(tied.get(), around).exists(tied.get());
        }
        boolean any = !runner.first(analyzer.apply(exists.query(), around.scope()), 1).isEmpty();
        return new Constant(ColumnType.BOOL, any);
    }

    BoundExpression in(Expression.InQuery in, BoundExpression operand, ExpressionBinder around) {
        Optional<Correlation> tied = correlations.apply(in.query(), around.scope());
        if (tied.isPresent()) {
            return joined(tied.get(), around).in(tied.get(), operand, in);
        }
        List<Constant> values =
                runner.values(ofOneColumn(in.query(), around.scope(), in.position()));
        return ComparisonBinder.in(in.position(), operand, List.copyOf(values), in.negated());
    }

    private Joined joined(Correlation tied, ExpressionBinder around) {
        if (around.scope() instanceof JoinScope scope && scope.takesRows()) {
            return new Joined(scope, tied.outer().stream().map(around::bind).toList());
        }
        throw new QueryException(
                QueryErrorCode.UNSUPPORTED,
                tied.select().position(),
                "a query that is tied to the rows around it does not stand in ON, nor beside WINDOW"
                        + " JOIN; put the join into a query in FROM");
    }

    private AnalyzedQuery ofOneColumn(Query query, Scope scope, Position position) {
        AnalyzedQuery analyzed = analyzer.apply(query, scope);
        int count = analyzed.columns().size();
        if (count != 1) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    position,
                    "a query in an expression has one column, not " + count);
        }
        return analyzed;
    }

    /// Rows of a tied query beside the rows around it, by their keys.
    private final class Joined {
        private final JoinScope scope;
        private final List<BoundExpression> outer;

        Joined(JoinScope scope, List<BoundExpression> outer) {
            this.scope = scope;
            this.outer = outer;
        }

        private List<BoundExpression> attach(Query rows, List<BoundExpression> keys) {
            AnalyzedQuery query = analyzer.apply(rows, scope);
            return scope.attach(query, keys, rows.position());
        }

        BoundExpression exists(Correlation tied) {
            return isThere(attach(tied.existing(), outer));
        }

        /// A key is NULL in rows without a match alone.
        private static BoundExpression isThere(List<BoundExpression> columns) {
            return new BoundExpression.IsNull(columns.getFirst(), true);
        }

        BoundExpression scalar(Correlation tied, Position position) {
            int count = outer.size();
            if (tied.isOneGroup()) {
                List<BoundExpression> columns = attach(tied.values(), outer);
                BoundExpression value = columns.get(count);
                Constant ofNoRows = value(tied.ofNoRows(), scope, position);
                return ofNoRows.value() == null
                        ? value
                        : new BoundExpression.Case(
                                List.of(isThere(columns)), List.of(value, ofNoRows), value.type());
            }
            if (tied.isFirstRow()) {
                return attach(tied.values(), outer).get(count);
            }
            refuseLimit(tied);
            List<BoundExpression> columns = attach(tied.countedValues(), outer);
            BoundExpression value = columns.get(count);
            var several =
                    new BoundExpression.Comparison(
                            ComparisonOperator.GREATER,
                            columns.get(count + 1),
                            new Constant(ColumnType.INT64, 1L));
            return new BoundExpression.Case(
                    List.of(several),
                    List.of(
                            new BoundExpression.Failing(
                                    value.type(), severalRows(position), position),
                            value),
                    value.type());
        }

        private static void refuseLimit(Correlation tied) {
            if (tied.hasLimit()) {
                throw new QueryException(
                        QueryErrorCode.UNSUPPORTED,
                        tied.select().position(),
                        "a query that is tied to the rows around it has LIMIT 1 as a value, else no"
                                + " LIMIT");
            }
        }

        BoundExpression in(Correlation tied, BoundExpression operand, Expression.InQuery in) {
            if (tied.isOneGroup()) {
                return ComparisonBinder.in(
                        in.position(), operand, List.of(scalar(tied, in.position())), in.negated());
            }
            refuseLimit(tied);
            int count = outer.size();
            var keys = new ArrayList<>(outer);
            keys.add(operand);
            BoundExpression isThere = isThere(attach(tied.distinctValues(), keys));
            List<BoundExpression> columns = attach(tied.countedDistinctValues(), outer);
            var isUnknown =
                    new BoundExpression.Or(
                            List.of(
                                    new BoundExpression.IsNull(operand, false),
                                    new BoundExpression.Comparison(
                                            ComparisonOperator.GREATER,
                                            columns.get(count + 1),
                                            columns.get(count + 2))));
            return new BoundExpression.Case(
                    List.of(
                            isThere,
                            new BoundExpression.IsNull(columns.getFirst(), false),
                            isUnknown),
                    List.of(
                            new Constant(ColumnType.BOOL, !in.negated()),
                            new Constant(ColumnType.BOOL, in.negated()),
                            new Constant(ColumnType.BOOL, null),
                            new Constant(ColumnType.BOOL, in.negated())),
                    ColumnType.BOOL);
        }
    }
}
