package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.aggregate.AggregateFunction;

import java.util.List;
import java.util.Optional;

/// An aggregate of the rows of a frame. Its arguments are those of the aggregate, then the rows'
/// times when it looks at them.
public record AggregateOverWindow(AggregateFunction aggregate) implements WindowFunction {
    @Override
    public String name() {
        return aggregate.name();
    }

    @Override
    public String usage() {
        return aggregate.usage();
    }

    @Override
    public Optional<List<ColumnType>> resolve(List<ColumnType> arguments) {
        throw new IllegalStateException("BUG: types of " + name() + " are those of the aggregate");
    }
}
