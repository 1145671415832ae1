package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.And;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Query;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Resolves the joins of one `FROM`.
final class JoinAnalyzer {
    private final Function<Query.Relation, Scope> scopes;
    private final Function<Scope, ExpressionBinder.Context> contexts;
    private final JoinScope scope = new JoinScope();

    /// @param scopes resolves a relation that is no join
    /// @param contexts what a condition over a scope is resolved against
    JoinAnalyzer(
            Function<Query.Relation, Scope> scopes,
            Function<Scope, ExpressionBinder.Context> contexts) {
        this.scopes = scopes;
        this.contexts = contexts;
    }

    JoinScope analyze(Query.Join join) {
        JoinTree tree = tree(join);
        scope.joinedBy(tree);
        return scope;
    }

    private JoinTree tree(Query.Relation relation) {
        if (!(relation instanceof Query.Join join)) {
            return new JoinTree.Leaf(scope.add(scopes.apply(relation), relation.position()));
        }
        JoinTree left = tree(join.left());
        JoinTree right = tree(join.right());
        BoundExpression on =
                join.using().isEmpty() ? on(join, left, right) : using(join, left, right);
        return new JoinTree.Pair(join.kind(), left, right, on);
    }

    private @Nullable BoundExpression on(Query.Join join, JoinTree left, JoinTree right) {
        Expression on = join.on();
        if (on == null) {
            return null;
        }
        scope.see(left.begin(), right.end());
        return new ExpressionBinder(contexts.apply(scope), "ON", false, new Aliases())
                .condition(on, on.position(), "ON");
    }

    private BoundExpression using(Query.Join join, JoinTree left, JoinTree right) {
        var conditions = new ArrayList<BoundExpression>();
        for (Expression.Name name : join.using()) {
            scope.see(left.begin(), left.end());
            BoundExpression ofLeft = scope.required(name);
            scope.see(right.begin(), right.end());
            BoundExpression ofRight = scope.required(name);
            List<BoundExpression> pair = Coercion.pair(ofLeft, ofRight, "compare", name.position());
            conditions.add(
                    new Comparison(ComparisonOperator.EQUAL, pair.getFirst(), pair.getLast()));
            scope.see(left.begin(), right.end());
            scope.merge(name, join.kind(), ofLeft, ofRight);
        }
        return conditions.size() == 1 ? conditions.getFirst() : new And(conditions);
    }
}
