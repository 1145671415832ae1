package io.tsdb.query.wire;

import io.tsdb.query.function.Functions;
import io.tsdb.query.function.aggregate.AggregateFunction;
import io.tsdb.query.function.aggregate.DistinctAggregate;
import io.tsdb.query.function.aggregate.ParameterAggregate;
import io.tsdb.query.function.scalar.ScalarFunction;
import io.tsdb.query.function.window.AggregateOverWindow;
import io.tsdb.query.function.window.RowChoiceFunction;
import io.tsdb.query.function.window.RowNumberingFunction;
import io.tsdb.query.function.window.RowValueFunction;
import io.tsdb.query.function.window.WindowFunction;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryException;

import java.util.List;
import java.util.Optional;

/// Functions by name and version: a node that has another version of one computes something else,
/// or has another state, and refuses.
final class WireFunctions {
    private WireFunctions() {}

    static void write(ScalarFunction function, WireOutput out) {
        named(function.name(), function.version(), out);
    }

    static ScalarFunction scalar(WireInput in) {
        String name = in.text();
        ScalarFunction function =
                known(
                        name.equals(Functions.CONCAT.name())
                                ? Optional.of(Functions.CONCAT)
                                : Functions.scalar(name),
                        name,
                        in);
        requireVersion(name, function.version(), in);
        return function;
    }

    static void write(AggregateFunction function, WireOutput out) {
        boolean isDistinct = function instanceof DistinctAggregate;
        AggregateFunction of =
                function instanceof DistinctAggregate(AggregateFunction inner) ? inner : function;
        out.flag(isDistinct);
        named(of.name(), of.version(), out);
        List<Object> parameters =
                of instanceof ParameterAggregate parametric
                        ? parametric.parameters()
                        : List.<Object>of();
        out.list(parameters, parameter -> WireValues.write(parameter, out));
    }

    static AggregateFunction aggregate(WireInput in) {
        boolean isDistinct = in.flag();
        String name = in.text();
        AggregateFunction function = known(Functions.planned(name), name, in);
        requireVersion(name, function.version(), in);
        List<Object> parameters = in.list(() -> WireValues.read(in));
        if (function instanceof ParameterAggregate parametric) {
            int count = parameters.size();
            if (count < parametric.parametersMin() || count > parametric.parametersMax()) {
                throw in.wrong(name + " does not take " + count + " constants");
            }
            try {
                function = parametric.with(parameters, Position.NONE);
            } catch (QueryException e) {
                throw in.wrong(e.text());
            }
        } else if (!parameters.isEmpty()) {
            throw in.wrong(name + " takes no constants");
        }
        return isDistinct ? new DistinctAggregate(function) : function;
    }

    static void write(WindowFunction function, WireOutput out) {
        switch (function) {
            case AggregateOverWindow(AggregateFunction aggregate) -> {
                out.raw(WireLayout.WindowTag.AGGREGATE);
                write(aggregate, out);
            }
            case RowChoiceFunction f -> {
                out.raw(WireLayout.WindowTag.NAMED);
                named(f.name(), f.version(), out);
            }
            case RowNumberingFunction f -> {
                out.raw(WireLayout.WindowTag.NAMED);
                named(f.name(), f.version(), out);
            }
            case RowValueFunction f -> {
                out.raw(WireLayout.WindowTag.NAMED);
                named(f.name(), f.version(), out);
            }
        }
    }

    static WindowFunction window(WireInput in) {
        int tag = in.raw();
        return switch (tag) {
            case WireLayout.WindowTag.AGGREGATE -> new AggregateOverWindow(aggregate(in));
            case WireLayout.WindowTag.NAMED -> {
                String name = in.text();
                WindowFunction function = known(Functions.window(name), name, in);
                requireVersion(name, function.version(), in);
                yield function;
            }
            default -> throw in.wrong("there is no function over a window of kind " + tag);
        };
    }

    private static void named(String name, int version, WireOutput out) {
        out.text(name);
        out.count(version);
    }

    private static <F> F known(Optional<F> function, String name, WireInput in) {
        return function.orElseThrow(() -> in.wrong("this node has no function '" + name + "'"));
    }

    private static void requireVersion(String name, int version, WireInput in) {
        int asked = in.smallCount();
        if (asked != version) {
            throw in.wrong(
                    "the plan has function '"
                            + name
                            + "' in version "
                            + asked
                            + ", this node has version "
                            + version);
        }
    }
}
