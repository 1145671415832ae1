package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// A function of the values of one row. Stateless and deterministic.
public interface ScalarFunction {
    /// In lower case.
    String name();

    /// Of what it computes. A node runs no plan that has another one.
    default int version() {
        return 1;
    }

    /// How a call looks, for error texts: `round(number[, decimals])`.
    String usage();

    /// The types for a call, or empty when these arguments do not fit.
    Optional<ScalarSignature> resolve(List<ColumnType> arguments);

    /// Whether the result is null as soon as an argument is. Then [#evaluate] finds the presence of
    /// the result set, may clear more of it, and may compute nonsense for absent rows. Otherwise it
    /// sets the presence itself.
    default boolean nullWhenAnyNull() {
        return true;
    }

    /// Whether arguments of any type go, as a cast to text writes them.
    default boolean takesAnyAsText() {
        return false;
    }

    /// Whether a present row's result may pass its range, so that [#evaluate] throws.
    default boolean mayFail() {
        return false;
    }

    /// Computes rows `[0, rowCount)`.
    ///
    /// @param arguments of the types that were resolved; read only
    /// @param site of the call: texts are reserved there before they are made, errors name it
    /// @throws io.tsdb.query.sql.QueryException when a present row's result passes its range
    void evaluate(ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site);
}
