package io.tsdb.query.analysis;

import io.tsdb.query.analysis.AnalyzedQuery.Column;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The columns of a query.
final class DerivedScope extends Scope {
    private final Relation relation;
    private final List<Column> columns;
    private final boolean[] isNull;

    DerivedScope(Relation.Derived relation, @Nullable String alias, String place) {
        super(alias, place);
        this.relation = relation;
        this.columns = new ArrayList<>();
        this.isNull = new boolean[relation.names().size()];
        for (int i = 0; i < isNull.length; i++) {
            ColumnType type = relation.query().columns().get(i).type();
            columns.add(new Column(relation.names().get(i), type));
            isNull[i] = relation.query().isNull(i);
        }
    }

    /// Without columns.
    DerivedScope(String place) {
        super(null, place);
        this.relation = new Relation.Nothing();
        this.columns = List.of();
        this.isNull = new boolean[0];
    }

    @Override
    Optional<BoundExpression> column(Expression.Name name) {
        int found = -1;
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name.text())) {
                if (found >= 0) {
                    throw new QueryException(
                            QueryErrorCode.AMBIGUOUS_NAME,
                            name.position(),
                            "more than one column is named '" + name.text() + "'");
                }
                found = i;
            }
        }
        return found < 0 ? Optional.empty() : Optional.of(input(found, name.position()));
    }

    /// A column by its number, from 0. One that is NULL in every row is that, so that it takes the
    /// type that is wanted of it.
    BoundExpression input(int index, Position position) {
        Column column = columns.get(index);
        if (isNull[index]) {
            return new BoundExpression.Constant(column.type(), null);
        }
        return new Input(index, column.type(), column.name(), new Place(position));
    }

    @Override
    boolean isLocal(Input column) {
        return relation instanceof Relation.Derived(var query, _) && query.isLocal(column.index());
    }

    @Override
    Relation relation() {
        return relation;
    }

    @Override
    List<Named> all(Position position) {
        if (relation instanceof Relation.Nothing) {
            throw new QueryException(QueryErrorCode.UNKNOWN_COLUMN, position, "* needs a FROM");
        }
        var all = new ArrayList<Named>();
        for (int i = 0; i < columns.size(); i++) {
            all.add(new Named(columns.get(i).name(), input(i, position)));
        }
        return all;
    }

    @Override
    List<String> columns() {
        return columns.stream().map(Column::name).toList();
    }

    @Override
    BoundExpression anyValue(Position position) {
        return new BoundExpression.Constant(ColumnType.BOOL, true);
    }

    @Override
    Optional<BoundExpression> time() {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(TIME)
                    && columns.get(i).type() == ColumnType.TIMESTAMP) {
                return Optional.of(input(i, Position.NONE));
            }
        }
        return Optional.empty();
    }
}
