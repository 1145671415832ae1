package io.tsdb.query.plan;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.plan.Plan.Aggregate;
import io.tsdb.query.plan.Plan.Asof;
import io.tsdb.query.plan.Plan.Filter;
import io.tsdb.query.plan.Plan.Join;
import io.tsdb.query.plan.Plan.JoinKey;
import io.tsdb.query.plan.Plan.Project;
import io.tsdb.query.plan.Plan.WindowJoin;

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
        Plan narrow = plan;
        if (plan instanceof Project(Plan input, var expressions) && isJoin(input)) {
            Narrow below = narrow(input, read(expressions));
            narrow = new Project(below.plan(), below.over(expressions));
        } else if (plan instanceof Aggregate a && isJoin(a.input())) {
            narrow = aggregate(a);
        }
        return PlanTree.mapInputs(narrow, this::apply);
    }

    private static boolean isJoin(Plan plan) {
        return plan instanceof Join
                || plan instanceof Asof
                || plan instanceof WindowJoin
                || plan instanceof Filter(Plan input, _) && isJoin(input);
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
            case Asof asof -> narrow(asof, read);
            case WindowJoin window -> narrow(window, read);
            case Plan.Scan _,
                    Plan.Latest _,
                    Aggregate _,
                    Plan.Fill _,
                    Plan.Window _,
                    Plan.Union _,
                    Plan.Matched _,
                    Plan.Values _,
                    Plan.Gather _,
                    Plan.MergeGroups _,
                    Plan.MergeLatest _,
                    Plan.SingleRow _,
                    Plan.Distinct _,
                    Plan.Sort _,
                    Plan.Limit _,
                    Plan.Cut _ ->
                    new Narrow(plan, IntStream.range(0, plan.types().size()).toArray());
        };
    }

    private static Narrow narrow(Join join, BitSet read) {
        var all = (BitSet) read.clone();
        addRead(join.residual(), all);
        var sides = new Sides(join.left(), join.right(), all, join.keys());
        var both = new Narrow(join, sides.numbers());
        return new Narrow(
                new Join(
                        sides.left.plan(),
                        sides.right.plan(),
                        join.kind(),
                        sides.over(join.keys()),
                        both.overAny(join.residual())),
                sides.numbers());
    }

    private static Narrow narrow(Asof asof, BitSet read) {
        var keys = new ArrayList<>(asof.keys());
        keys.add(asof.order());
        var sides = new Sides(asof.left(), asof.right(), read, keys);
        return new Narrow(
                new Asof(
                        sides.left.plan(),
                        sides.right.plan(),
                        asof.keepsLeft(),
                        sides.over(asof.keys()),
                        sides.over(List.of(asof.order())).getFirst(),
                        asof.operator(),
                        asof.tolerance()),
                sides.numbers());
    }

    /// Of the right side nothing is read but what the aggregates, keys and times are.
    private static Narrow narrow(WindowJoin window, BitSet read) {
        int leftCount = window.left().types().size();
        BitSet ofLeft = read.get(0, leftCount);
        window.keys().forEach(key -> addRead(key.left(), ofLeft));
        addRead(window.order().left(), ofLeft);
        Narrow left = narrow(window.left(), ofLeft);
        int leftKept = left.plan().types().size();
        var numbers = new int[leftCount + window.aggregates().size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i < leftCount ? left.numbers()[i] : leftKept + i - leftCount;
        }
        return new Narrow(
                new WindowJoin(
                        left.plan(),
                        window.right(),
                        window.keys().stream()
                                .map(key -> new JoinKey(left.over(key.left()), key.right()))
                                .toList(),
                        new JoinKey(left.over(window.order().left()), window.order().right()),
                        window.from(),
                        window.to(),
                        window.withPrevailing(),
                        window.aggregates()),
                numbers);
    }

    /// Both sides without what is not read.
    private static final class Sides {
        private final int leftCount;
        private final Narrow left;
        private final Narrow right;

        Sides(Plan left, Plan right, BitSet read, List<JoinKey> keys) {
            this.leftCount = left.types().size();
            BitSet ofLeft = read.get(0, leftCount);
            BitSet ofRight = read.get(leftCount, leftCount + right.types().size());
            for (JoinKey key : keys) {
                addRead(key.left(), ofLeft);
                addRead(key.right(), ofRight);
            }
            this.left = narrow(left, ofLeft);
            this.right = narrow(right, ofRight);
        }

        /// Of the columns of both.
        int[] numbers() {
            int leftKept = left.plan().types().size();
            var numbers = new int[leftCount + right.numbers().length];
            for (int i = 0; i < numbers.length; i++) {
                int number = i < leftCount ? left.numbers()[i] : right.numbers()[i - leftCount];
                numbers[i] = i < leftCount || number < 0 ? number : leftKept + number;
            }
            return numbers;
        }

        List<JoinKey> over(List<JoinKey> keys) {
            return keys.stream()
                    .map(key -> new JoinKey(left.over(key.left()), right.over(key.right())))
                    .toList();
        }
    }
}
