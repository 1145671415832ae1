package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.And;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.JoinKind;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    JoinScope analyze(Query.Relation join) {
        scope.joinedBy(
                join instanceof Query.WindowJoin window
                        ? new WindowJoinAnalyzer(window, scope, binder())
                                .analyze(tree(window.left()), tree(window.right()))
                        : tree(join));
        return scope;
    }

    /// What two expressions are the sides of, the left one first: empty when they are none.
    static Optional<JoinTree.Sides> sides(
            BoundExpression one,
            BoundExpression other,
            JoinScope scope,
            JoinTree left,
            JoinTree right) {
        if (scope.readsOnly(one, left) && scope.readsOnly(other, right)) {
            return Optional.of(new JoinTree.Sides(one, other));
        }
        return scope.readsOnly(other, left) && scope.readsOnly(one, right)
                ? Optional.of(new JoinTree.Sides(other, one))
                : Optional.empty();
    }

    private JoinTree tree(Query.Relation relation) {
        return switch (relation) {
            case Query.Join join -> {
                JoinTree left = tree(join.left());
                JoinTree right = tree(join.right());
                yield new JoinTree.Pair(join.kind(), left, right, condition(join, left, right));
            }
            case Query.AsofJoin join -> {
                JoinTree left = tree(join.left());
                JoinTree right = tree(join.right());
                yield new AsofAnalyzer(join, scope, binder()).analyze(left, right);
            }
            case Query.WindowJoin join ->
                    throw new QueryException(
                            QueryErrorCode.UNSUPPORTED,
                            join.position(),
                            "WINDOW JOIN is the last join of FROM; put it into a query there: FROM"
                                    + " (SELECT ... WINDOW JOIN ...) AS a JOIN ...");
            case Query.Table _, Query.SubQuery _, Query.Catalogue _ ->
                    new JoinTree.Leaf(scope.add(scopes.apply(relation), relation.position()));
        };
    }

    private ExpressionBinder binder() {
        return new ExpressionBinder(contexts.apply(scope), "ON", false, new Aliases());
    }

    private @Nullable BoundExpression condition(Query.Join join, JoinTree left, JoinTree right) {
        if (!join.using().isEmpty()) {
            return using(join, left, right);
        }
        Expression on = join.on();
        if (on == null) {
            return null;
        }
        scope.see(left.begin(), right.end());
        return binder().condition(on, on.position(), "ON");
    }

    private BoundExpression using(Query.Join join, JoinTree left, JoinTree right) {
        var conditions = new ArrayList<BoundExpression>();
        for (Expression.Name name : join.using()) {
            JoinTree.Sides sides = merged(name, join.kind(), scope, left, right);
            conditions.add(new Comparison(ComparisonOperator.EQUAL, sides.left(), sides.right()));
        }
        return conditions.size() == 1 ? conditions.getFirst() : new And(conditions);
    }

    /// A column that both sides have, from here on one.
    static JoinTree.Sides merged(
            Expression.Name name, JoinKind kind, JoinScope scope, JoinTree left, JoinTree right) {
        scope.see(left.begin(), left.end());
        BoundExpression ofLeft = scope.required(name);
        scope.see(right.begin(), right.end());
        BoundExpression ofRight = scope.required(name);
        List<BoundExpression> pair = Coercion.pair(ofLeft, ofRight, "compare", name.position());
        scope.see(left.begin(), right.end());
        scope.merge(name, kind, ofLeft, ofRight);
        return new JoinTree.Sides(pair.getFirst(), pair.getLast());
    }
}
