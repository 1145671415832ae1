package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Aggregate;
import io.tsdb.query.analysis.BoundExpression.And;
import io.tsdb.query.analysis.BoundExpression.Arithmetic;
import io.tsdb.query.analysis.BoundExpression.Bucket;
import io.tsdb.query.analysis.BoundExpression.Call;
import io.tsdb.query.analysis.BoundExpression.Case;
import io.tsdb.query.analysis.BoundExpression.Cast;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.Failing;
import io.tsdb.query.analysis.BoundExpression.Field;
import io.tsdb.query.analysis.BoundExpression.Filled;
import io.tsdb.query.analysis.BoundExpression.InList;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.BoundExpression.IsNull;
import io.tsdb.query.analysis.BoundExpression.Like;
import io.tsdb.query.analysis.BoundExpression.Not;
import io.tsdb.query.analysis.BoundExpression.Or;
import io.tsdb.query.analysis.BoundExpression.Regex;
import io.tsdb.query.analysis.BoundExpression.Tag;
import io.tsdb.query.analysis.BoundExpression.Time;
import io.tsdb.query.analysis.BoundExpression.WindowCall;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.ArithmeticOperator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Walks and rebuilds expressions.
public final class ExpressionTree {
    private ExpressionTree() {}

    /// Operands of an expression, in order.
    public static List<BoundExpression> children(BoundExpression expression) {
        return switch (expression) {
            case Constant _, Failing _, Time _, Tag _, Field _, Input _ -> List.of();
            case Call c -> c.arguments();
            case Bucket b -> List.of(b.operand());
            case Case c -> {
                var all = new ArrayList<>(c.conditions());
                all.addAll(c.results());
                yield all;
            }
            case Arithmetic a -> List.of(a.left(), a.right());
            case Comparison c -> List.of(c.left(), c.right());
            case And a -> a.operands();
            case Or o -> o.operands();
            case Not n -> List.of(n.operand());
            case IsNull i -> List.of(i.operand());
            case InList i -> List.of(i.operand());
            case Like l -> List.of(l.operand());
            case Regex r -> List.of(r.operand());
            case Cast c -> List.of(c.operand());
            case Aggregate a -> a.arguments();
            case Filled f -> List.of(f.operand());
            case WindowCall w -> {
                var all = new ArrayList<>(w.arguments());
                all.addAll(w.window().expressions());
                yield all;
            }
        };
    }

    /// Calls the visitor for the expression and all below it.
    public static void visit(BoundExpression expression, Consumer<BoundExpression> visitor) {
        visitor.accept(expression);
        children(expression).forEach(child -> visit(child, visitor));
    }

    /// The expression with its direct operands replaced.
    public static BoundExpression mapChildren(
            BoundExpression expression, UnaryOperator<BoundExpression> map) {
        return switch (expression) {
            case Constant _, Failing _, Time _, Tag _, Field _, Input _ -> expression;
            case Call c -> new Call(c.function(), mapAll(c.arguments(), map), c.type(), c.place());
            case Bucket b -> new Bucket(b.grid(), map.apply(b.operand()));
            case Case c ->
                    new Case(mapAll(c.conditions(), map), mapAll(c.results(), map), c.type());
            case Arithmetic a ->
                    new Arithmetic(
                            a.operator(),
                            map.apply(a.left()),
                            map.apply(a.right()),
                            a.type(),
                            a.place());
            case Comparison c ->
                    new Comparison(c.operator(), map.apply(c.left()), map.apply(c.right()));
            case And a -> new And(mapAll(a.operands(), map));
            case Or o -> new Or(mapAll(o.operands(), map));
            case Not n -> new Not(map.apply(n.operand()));
            case IsNull i -> new IsNull(map.apply(i.operand()), i.negated());
            case InList i -> new InList(map.apply(i.operand()), i.values(), i.negated());
            case Like l -> new Like(map.apply(l.operand()), l.pattern(), l.anyCase(), l.negated());
            case Regex r -> new Regex(map.apply(r.operand()), r.pattern(), r.negated());
            case Cast c -> new Cast(map.apply(c.operand()), c.type(), c.tries(), c.place());
            case Aggregate a ->
                    new Aggregate(
                            a.function(),
                            map.apply(a.argument()),
                            mapAll(a.more(), map),
                            a.type(),
                            a.place());
            case Filled f -> new Filled(f.mode(), map.apply(f.operand()), f.place());
            case WindowCall w ->
                    new WindowCall(
                            w.function(),
                            mapAll(w.arguments(), map),
                            w.window().map(map),
                            w.type(),
                            w.place());
        };
    }

    private static List<BoundExpression> mapAll(
            List<BoundExpression> expressions, UnaryOperator<BoundExpression> map) {
        var mapped = new ArrayList<BoundExpression>(expressions.size());
        for (BoundExpression expression : expressions) {
            mapped.add(map.apply(expression));
        }
        return mapped;
    }

    /// Whether an aggregate is called anywhere in it.
    public static boolean hasAggregate(BoundExpression expression) {
        return expression instanceof Aggregate
                || children(expression).stream().anyMatch(ExpressionTree::hasAggregate);
    }

    /// Whether a function is called over a window anywhere in it.
    public static boolean hasWindow(BoundExpression expression) {
        return expression instanceof WindowCall
                || children(expression).stream().anyMatch(ExpressionTree::hasWindow);
    }

    /// A call of `locf` or `interpolate` anywhere in it.
    static Optional<Filled> filled(BoundExpression expression) {
        return expression instanceof Filled filled
                ? Optional.of(filled)
                : children(expression).stream()
                        .flatMap(child -> filled(child).stream())
                        .findFirst();
    }

    /// Operators, columns and constants of it.
    public static int size(BoundExpression expression) {
        var count = new AtomicInteger();
        visit(expression, _ -> count.incrementAndGet());
        return count.get();
    }

    /// Whether evaluating it may be an error for some values: it is evaluated over no row then that
    /// an earlier condition excludes.
    public static boolean mayFail(BoundExpression expression) {
        boolean itself =
                switch (expression) {
                    case Arithmetic a ->
                            a.type() != ColumnType.FLOAT64
                                    && a.operator() != ArithmeticOperator.REMAINDER;
                    case Cast c -> !c.tries() && mayFail(c.operand().type(), c.type());
                    case Call c -> c.function().mayFail();
                    case Failing _ -> true;
                    case Constant _,
                            Time _,
                            Tag _,
                            Field _,
                            Input _,
                            Bucket _,
                            Case _,
                            Comparison _,
                            And _,
                            Or _,
                            Not _,
                            IsNull _,
                            InList _,
                            Like _,
                            Regex _,
                            WindowCall _,
                            Filled _,
                            Aggregate _ ->
                            false;
                };
        return itself || children(expression).stream().anyMatch(ExpressionTree::mayFail);
    }

    private static boolean mayFail(ColumnType from, ColumnType to) {
        return switch (from) {
            case STRING -> to != ColumnType.STRING;
            case FLOAT64 ->
                    to == ColumnType.INT64 || to == ColumnType.UINT64 || to == ColumnType.TIMESTAMP;
            case INT64, TIMESTAMP -> to == ColumnType.UINT64;
            case UINT64 -> to == ColumnType.INT64;
            case BOOL -> false;
        };
    }

    /// Names of the fields it reads, added to the list once each.
    public static void addFields(BoundExpression expression, List<String> fields) {
        visit(
                expression,
                e -> {
                    if (e instanceof Field(String name, _, _) && !fields.contains(name)) {
                        fields.add(name);
                    }
                });
    }

    /// Names of the tags it reads, added to the list once each.
    public static void addTags(BoundExpression expression, List<String> tags) {
        visit(
                expression,
                e -> {
                    if (e instanceof Tag(String name, _) && !tags.contains(name)) {
                        tags.add(name);
                    }
                });
    }

    /// Whether it reads tags and nothing else of a row.
    public static boolean readsOnlyTags(BoundExpression expression) {
        boolean[] other = {false};
        visit(expression, e -> other[0] |= e instanceof Time || e instanceof Field);
        return !other[0];
    }
}
