package io.tsdb.query.function.aggregate;

import io.tsdb.query.sql.Position;

import java.util.List;

/// An aggregate whose one constant is a share of the rows, such as 0.95.
interface ShareAggregate extends ParameterAggregate {
    double share();

    /// The aggregate with another share.
    AggregateFunction withShare(double share);

    @Override
    default String parameterText() {
        return ", " + share();
    }

    @Override
    default List<Object> parameters() {
        return List.of(share());
    }

    @Override
    default int parametersMin() {
        return 1;
    }

    @Override
    default int parametersMax() {
        return 1;
    }

    @Override
    default AggregateFunction with(List<Object> parameters, Position position) {
        return withShare(Shares.of(parameters.getFirst(), this, position));
    }
}
