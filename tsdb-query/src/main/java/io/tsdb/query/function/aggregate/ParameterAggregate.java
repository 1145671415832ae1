package io.tsdb.query.function.aggregate;

import io.tsdb.query.sql.Position;

import java.util.List;

/// An aggregate that takes constants behind its arguments, such as the share of `percentile_cont`.
/// The one in the list of functions stands for its name only.
public interface ParameterAggregate extends AggregateFunction {
    int parametersMin();

    int parametersMax();

    /// Its constants, as [#with] takes them.
    List<Object> parameters();

    /// The aggregate with these constants; equal ones are equal.
    ///
    /// @param parameters Long, Double, Boolean or String
    /// @throws io.tsdb.query.sql.QueryException when one does not fit
    AggregateFunction with(List<Object> parameters, Position position);
}
