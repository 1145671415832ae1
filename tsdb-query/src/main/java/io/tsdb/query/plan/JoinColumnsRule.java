package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.plan.Plan.Aggregate;
import io.tsdb.query.plan.Plan.Filter;
import io.tsdb.query.plan.Plan.Join;
import io.tsdb.query.plan.Plan.JoinKey;
import io.tsdb.query.plan.Plan.Project;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/// Columns that nothing above a join reads, nor the join itself, are not read of its sides.
final class JoinColumnsRule implements PlanRule {
    /// A plan without some of its columns.
    ///
    /// @param numbers of the columns that were, among those that are left; -1 for those that are
    ///   not
    private record Narrow(Plan plan, int[] numbers) {
        BoundExpression over(BoundExpression expression) {
            return expression instanceof Input(int index, var type, var name, var place)
                    ? new Input(numbers[index], type, name, place)
                    : ExpressionTree.mapChildren(expression, this::over);
        }

        @Nullable BoundExpression overAny(@Nullable BoundExpression expression) {
            return expression == null ? null : over(expression);
        }

        List<BoundExpression> over(List<BoundExpression> expressions) {
            return expressions.stream().map(this::over).toList();
        }
    }

    @Override
    public Plan apply(Plan plan) {
        Plan narrow =
                switch (plan) {
                    case Project(Plan input, var expressions) when isJoin(input) -> {
                        Narrow below = narrow(input, read(expressions));
                        yield new Project(below.plan(), below.over(expressions));
                    }
                    case Aggregate a when isJoin(a.input()) -> aggregate(a);
                    default -> plan;
                };
        return PlanTree.mapInputs(narrow, this::apply);
    }

    private static boolean isJoin(Plan plan) {
        return plan instanceof Join || plan instanceof Filter(Plan input, _) && isJoin(input);
    }

    private static Plan aggregate(Aggregate a) {
        var read = new ArrayList<BoundExpression>(a.keys());
        read.addAll(a.aggregates());
        boolean usesTime = a.aggregates().stream().anyMatch(one -> one.function().usesTime());
        BoundExpression time = usesTime ? a.time() : null;
        if (time != null) {
            read.add(time);
        }
        Narrow below = narrow(a.input(), read(read));
        return new Aggregate(
                below.plan(),
                below.over(a.keys()),
                a.aggregates().stream()
                        .map(one -> (BoundExpression.Aggregate) below.over(one))
                        .toList(),
                below.overAny(time));
    }

    private static BitSet read(List<? extends BoundExpression> expressions) {
        var read = new BitSet();
        expressions.forEach(expression -> addRead(expression, read));
        return read;
    }

    private static void addRead(@Nullable BoundExpression expression, BitSet read) {
        if (expression != null) {
            ExpressionTree.visit(
                    expression,
                    e -> {
                        if (e instanceof Input(int index, _, _, _)) {
                            read.set(index);
                        }
                    });
        }
    }

    /// @param read the columns that are read above
    private static Narrow narrow(Plan plan, BitSet read) {
        return switch (plan) {
            case Project(Plan input, var expressions) -> {
                var kept = new ArrayList<BoundExpression>();
                var numbers = new int[expressions.size()];
                boolean any = read.nextSetBit(0) >= 0;
                for (int i = 0; i < numbers.length; i++) {
                    // without a column there would be no rows
                    boolean keeps = any ? read.get(i) : i == 0;
                    numbers[i] = keeps ? kept.size() : -1;
                    if (keeps) {
                        kept.add(expressions.get(i));
                    }
                }
                yield new Narrow(new Project(input, kept), numbers);
            }
            case Filter(Plan input, BoundExpression condition) -> {
                var more = (BitSet) read.clone();
                addRead(condition, more);
                Narrow below = narrow(input, more);
                yield new Narrow(new Filter(below.plan(), below.over(condition)), below.numbers());
            }
            case Join join -> narrow(join, read);
            default -> new Narrow(plan, IntStream.range(0, plan.types().size()).toArray());
        };
    }

    private static Narrow narrow(Join join, BitSet read) {
        int leftCount = join.left().types().size();
        int count = join.types().size();
        var all = (BitSet) read.clone();
        addRead(join.residual(), all);
        BitSet ofLeft = all.get(0, leftCount);
        BitSet ofRight = all.get(leftCount, count);
        for (JoinKey key : join.keys()) {
            addRead(key.left(), ofLeft);
            addRead(key.right(), ofRight);
        }
        Narrow left = narrow(join.left(), ofLeft);
        Narrow right = narrow(join.right(), ofRight);
        int leftKept = left.plan().types().size();
        var numbers = new int[count];
        for (int i = 0; i < count; i++) {
            int number = i < leftCount ? left.numbers()[i] : right.numbers()[i - leftCount];
            numbers[i] = i < leftCount || number < 0 ? number : leftKept + number;
        }
        var keys = new ArrayList<JoinKey>();
        for (JoinKey key : join.keys()) {
            keys.add(new JoinKey(left.over(key.left()), right.over(key.right())));
        }
        var both = new Narrow(join, numbers);
        return new Narrow(
                new Join(
                        left.plan(),
                        right.plan(),
                        join.kind(),
                        keys,
                        both.overAny(join.residual())),
                numbers);
    }
}
