package io.tsdb.query.sql;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Walks expressions as they are written. Queries in them are not entered.
public final class ExpressionWalk {
    private ExpressionWalk() {}

    /// Calls the visitor for the expression and all below it.
    public static void visit(Expression expression, Consumer<Expression> visitor) {
        visitor.accept(expression);
        children(expression).forEach(child -> visit(child, visitor));
    }

    /// Names in an expression.
    public static List<Expression.Name> names(Expression expression) {
        var names = new ArrayList<Expression.Name>();
        visit(
                expression,
                e -> {
                    if (e instanceof Expression.Name name) {
                        names.add(name);
                    }
                });
        return names;
    }

    private static List<Expression> children(Expression expression) {
        var children = new ArrayList<Expression>();
        switch (expression) {
            case Expression.Name _,
                    Expression.NullLiteral _,
                    Expression.BoolLiteral _,
                    Expression.IntegerLiteral _,
                    Expression.DecimalLiteral _,
                    Expression.StringLiteral _,
                    Expression.IntervalLiteral _,
                    Expression.TimestampLiteral _,
                    Expression.Parameter _,
                    Expression.ScalarQuery _,
                    Expression.Exists _ -> {}
            case Expression.Call call -> addAll(call, children);
            case Expression.Cast cast -> children.add(cast.operand());
            case Expression.Case c -> {
                add(c.operand(), children);
                for (Expression.Branch branch : c.branches()) {
                    children.add(branch.when());
                    children.add(branch.then());
                }
                add(c.otherwise(), children);
            }
            case Expression.Negate negate -> children.add(negate.operand());
            case Expression.Arithmetic a -> children.addAll(List.of(a.left(), a.right()));
            case Expression.Concat c -> children.addAll(List.of(c.left(), c.right()));
            case Expression.Comparison c -> children.addAll(List.of(c.left(), c.right()));
            case Expression.RegexMatch m -> children.addAll(List.of(m.left(), m.pattern()));
            case Expression.Like like -> {
                children.addAll(List.of(like.operand(), like.pattern()));
                add(like.escape(), children);
            }
            case Expression.Between b ->
                    children.addAll(List.of(b.operand(), b.lower(), b.upper()));
            case Expression.In in -> {
                children.add(in.operand());
                children.addAll(in.values());
            }
            case Expression.InPeriod in -> children.add(in.operand());
            case Expression.InQuery in -> children.add(in.operand());
            case Expression.IsNull is -> children.add(is.operand());
            case Expression.IsTruth is -> children.add(is.operand());
            case Expression.IsDistinct is -> children.addAll(List.of(is.left(), is.right()));
            case Expression.Not not -> children.add(not.operand());
            case Expression.And and -> children.addAll(and.operands());
            case Expression.Or or -> children.addAll(or.operands());
        }
        return children;
    }

    private static void addAll(Expression.Call call, List<Expression> children) {
        children.addAll(call.arguments());
        call.orderBy().forEach(item -> children.add(item.expression()));
        Query.OrderItem within = call.within();
        add(within == null ? null : within.expression(), children);
        add(call.filter(), children);
        Expression.Window over = call.over();
        if (over != null) {
            children.addAll(over.partitionBy());
            over.orderBy().forEach(item -> children.add(item.expression()));
        }
    }

    private static void add(@Nullable Expression expression, List<Expression> children) {
        if (expression != null) {
            children.add(expression);
        }
    }
}
