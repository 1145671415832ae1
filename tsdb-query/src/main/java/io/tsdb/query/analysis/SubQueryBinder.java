package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.List;
import java.util.function.BiFunction;

/// Queries that stand in expressions, as constants.
final class SubQueryBinder {
    private final BiFunction<Query, Scope, AnalyzedQuery> analyzer;
    private final SubQueries runner;

    /// @param analyzer resolves a query that stands in expressions over a scope
    SubQueryBinder(BiFunction<Query, Scope, AnalyzedQuery> analyzer, SubQueries runner) {
        this.analyzer = analyzer;
        this.runner = runner;
    }

    Constant scalar(Expression.ScalarQuery scalar, Scope scope) {
        AnalyzedQuery query = ofOneColumn(scalar.query(), scope, scalar.position());
        List<Constant> rows = runner.first(query, 2);
        if (rows.size() > 1) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    scalar.position(),
                    "the query that is a value has more than one row; add LIMIT 1 or an aggregate");
        }
        return rows.isEmpty()
                ? new Constant(query.columns().getFirst().type(), null)
                : rows.getFirst();
    }

    Constant exists(Expression.Exists exists, Scope scope) {
        boolean any = !runner.first(analyzer.apply(exists.query(), scope), 1).isEmpty();
        return new Constant(ColumnType.BOOL, any);
    }

    List<Constant> values(Expression.InQuery in, Scope scope) {
        return runner.values(ofOneColumn(in.query(), scope, in.position()));
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
}
