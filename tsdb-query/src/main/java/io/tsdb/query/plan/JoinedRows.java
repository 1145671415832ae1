package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.analysis.JoinTree;
import io.tsdb.query.analysis.Relation;
import io.tsdb.query.plan.Plan.Asof;
import io.tsdb.query.plan.Plan.Join;
import io.tsdb.query.plan.Plan.JoinKey;
import io.tsdb.query.plan.Plan.Project;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

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
            columns.add(
                    new Input(
                            planner.offsets[column.part()] + column.index(),
                            column.type(),
                            column.name()));
        }
        return new Project(planner.plan(joined.tree()), columns);
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
        };
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
