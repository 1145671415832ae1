package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.ExpressionText;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.analysis.JoinTree;
import io.tsdb.query.analysis.Relation;
import io.tsdb.query.plan.Plan.Asof;
import io.tsdb.query.plan.Plan.Join;
import io.tsdb.query.plan.Plan.JoinKey;
import io.tsdb.query.plan.Plan.Project;
import io.tsdb.query.plan.Plan.WindowJoin;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// The plan of joined relations: expressions number columns as they were named, nodes by the
/// relations that they are of, one relation after the other.
final class JoinedRows {
    private final Relation.Joined joined;
    private final Function<Relation, Plan> rows;
    private final int[] offsets;

    private JoinedRows(Relation.Joined joined, Function<Relation, Plan> rows) {
        this.joined = joined;
        this.rows = rows;
        this.offsets = new int[joined.parts().size()];
        for (int i = 1; i < offsets.length; i++) {
            offsets[i] = offsets[i - 1] + joined.parts().get(i - 1).columns().size();
        }
    }

    /// @param rows the plan of a relation
    static Plan plan(Relation.Joined joined, Function<Relation, Plan> rows) {
        var planner = new JoinedRows(joined, rows);
        var columns = new ArrayList<BoundExpression>();
        for (Relation.Column column : joined.columns()) {
            columns.add(planner.column(column));
        }
        return new Project(planner.plan(joined.tree()), columns);
    }

    /// Behind a `WINDOW JOIN` there are no columns of its right side, but of aggregates.
    private BoundExpression column(Relation.Column column) {
        int part = column.part();
        if (joined.tree() instanceof JoinTree.Window window && part >= window.right().begin()) {
            if (part < joined.parts().size()) {
                return new BoundExpression.Constant(column.type(), null);
            }
            part = window.right().begin();
        }
        return new Input(offsets[part] + column.index(), column.type(), column.name());
    }

    private Plan plan(JoinTree tree) {
        return switch (tree) {
            case JoinTree.Leaf(int part) -> {
                Relation.Part of = joined.parts().get(part);
                yield new Project(rows.apply(of.relation()), of.columns());
            }
            case JoinTree.Pair pair -> {
                BoundExpression on = pair.on();
                yield new Join(
                        plan(pair.left()),
                        plan(pair.right()),
                        pair.kind(),
                        List.of(),
                        on == null ? null : over(on, offsets[pair.begin()]));
            }
            case JoinTree.Asof asof ->
                    new Asof(
                            plan(asof.left()),
                            plan(asof.right()),
                            asof.keepsLeft(),
                            asof.keys().stream().map(key -> sides(key, asof)).toList(),
                            sides(asof.order(), asof),
                            asof.operator(),
                            asof.tolerance());
            case JoinTree.Window window -> plan(window);
        };
    }

    /// What the aggregates, keys and times are of the right side becomes columns of it.
    private WindowJoin plan(JoinTree.Window window) {
        int first = offsets[window.right().begin()];
        var columns = new ArrayList<BoundExpression>();
        UnaryOperator<BoundExpression> asColumn =
                expression -> {
                    BoundExpression over = over(expression, first);
                    int index = columns.indexOf(over);
                    if (index < 0) {
                        index = columns.size();
                        columns.add(over);
                    }
                    return new Input(index, over.type(), ExpressionText.of(over));
                };
        var aggregates = new ArrayList<BoundExpression.Aggregate>();
        for (BoundExpression.Aggregate aggregate : window.aggregates()) {
            aggregates.add(
                    (BoundExpression.Aggregate) ExpressionTree.mapChildren(aggregate, asColumn));
        }
        int leftFirst = offsets[window.left().begin()];
        var keys = new ArrayList<JoinKey>();
        for (JoinTree.Sides key : window.keys()) {
            keys.add(new JoinKey(over(key.left(), leftFirst), asColumn.apply(key.right())));
        }
        var order =
                new JoinKey(
                        over(window.order().left(), leftFirst),
                        asColumn.apply(window.order().right()));
        return new WindowJoin(
                plan(window.left()),
                new Project(plan(window.right()), columns),
                keys,
                order,
                window.from(),
                window.to(),
                window.withPrevailing(),
                aggregates);
    }

    private JoinKey sides(JoinTree.Sides sides, JoinTree.Asof asof) {
        return new JoinKey(
                over(sides.left(), offsets[asof.left().begin()]),
                over(sides.right(), offsets[asof.right().begin()]));
    }

    /// @param first number of the first column of the rows that the condition is of
    private BoundExpression over(BoundExpression condition, int first) {
        if (condition instanceof Input input) {
            Relation.Column column = joined.columns().get(input.index());
            return new Input(
                    offsets[column.part()] + column.index() - first,
                    input.type(),
                    input.name(),
                    input.place());
        }
        return ExpressionTree.mapChildren(condition, child -> over(child, first));
    }
}
