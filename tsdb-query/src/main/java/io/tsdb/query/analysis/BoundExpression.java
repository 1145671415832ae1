package io.tsdb.query.analysis;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.aggregate.AggregateFunction;
import io.tsdb.query.function.scalar.ScalarFunction;
import io.tsdb.query.function.scalar.TimeGrid;
import io.tsdb.query.function.window.WindowFunction;
import io.tsdb.query.sql.ArithmeticOperator;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// An expression with names and types resolved. Two are the same when they are equal, which takes
/// everything into account but their places.
public sealed interface BoundExpression {
    ColumnType type();

    /// @param value a Long (INT64, TIMESTAMP), Double, Boolean or String; null is SQL's null
    record Constant(ColumnType type, @Nullable Object value) implements BoundExpression {}

    /// A constant that has no value, such as `'x'::timestamp`: an error for every row that reaches
    /// it.
    record Failing(ColumnType type, QueryErrorCode code, String text, Place place)
            implements BoundExpression {
        public Failing(ColumnType type, QueryException error, Position position) {
            this(type, error.code(), error.text(), new Place(position));
        }

        public QueryException error() {
            return new QueryException(code, place.position(), text);
        }
    }

    /// The rows' time.
    record Time(Place place) implements BoundExpression {
        public Time(Position position) {
            this(new Place(position));
        }

        @Override
        public ColumnType type() {
            return ColumnType.TIMESTAMP;
        }
    }

    record Tag(String name, Place place) implements BoundExpression {
        public Tag(String name, Position position) {
            this(name, new Place(position));
        }

        @Override
        public ColumnType type() {
            return ColumnType.STRING;
        }
    }

    record Field(String name, ColumnType type, Place place) implements BoundExpression {
        public Field(String name, ColumnType type, Position position) {
            this(name, type, new Place(position));
        }
    }

    /// A column of the batch that the expression is evaluated over, when that is not a scan.
    record Input(int index, ColumnType type, String name, Place place) implements BoundExpression {
        public Input(int index, ColumnType type, String name) {
            this(index, type, name, new Place(Position.NONE));
        }
    }

    /// @param arguments of the types that the function was resolved for
    record Call(
            ScalarFunction function, List<BoundExpression> arguments, ColumnType type, Place place)
            implements BoundExpression {}

    /// `time_bucket`.
    record Bucket(TimeGrid grid, BoundExpression operand) implements BoundExpression {
        @Override
        public ColumnType type() {
            return ColumnType.TIMESTAMP;
        }
    }

    /// `CASE`: the result of the first condition that is true, the last result when none is.
    ///
    /// @param results of one type; one more than conditions
    record Case(List<BoundExpression> conditions, List<BoundExpression> results, ColumnType type)
            implements BoundExpression {}

    /// Both sides have one type, INT64 or FLOAT64; or the left one is a TIMESTAMP and the right one
    /// nanoseconds; or both are TIMESTAMPs and are subtracted. Division gives FLOAT64 of FLOAT64s.
    record Arithmetic(
            ArithmeticOperator operator,
            BoundExpression left,
            BoundExpression right,
            ColumnType type,
            Place place)
            implements BoundExpression {}

    /// Both sides have one type.
    record Comparison(ComparisonOperator operator, BoundExpression left, BoundExpression right)
            implements BoundExpression {
        @Override
        public ColumnType type() {
            return ColumnType.BOOL;
        }
    }

    record And(List<BoundExpression> operands) implements BoundExpression {
        @Override
        public ColumnType type() {
            return ColumnType.BOOL;
        }
    }

    record Or(List<BoundExpression> operands) implements BoundExpression {
        @Override
        public ColumnType type() {
            return ColumnType.BOOL;
        }
    }

    record Not(BoundExpression operand) implements BoundExpression {
        @Override
        public ColumnType type() {
            return ColumnType.BOOL;
        }
    }

    record IsNull(BoundExpression operand, boolean negated) implements BoundExpression {
        @Override
        public ColumnType type() {
            return ColumnType.BOOL;
        }
    }

    /// @param values of the operand's type
    record InList(BoundExpression operand, List<Constant> values, boolean negated)
            implements BoundExpression {
        @Override
        public ColumnType type() {
            return ColumnType.BOOL;
        }
    }

    /// @param pattern `%` is any text, `_` any code point, and what stands behind a `\` is itself
    /// @param anyCase whether upper and lower case are the same
    record Like(BoundExpression operand, String pattern, boolean anyCase, boolean negated)
            implements BoundExpression {
        @Override
        public ColumnType type() {
            return ColumnType.BOOL;
        }
    }

    /// @param pattern in the syntax of RE2; found anywhere in the text
    record Regex(BoundExpression operand, String pattern, boolean negated)
            implements BoundExpression {
        @Override
        public ColumnType type() {
            return ColumnType.BOOL;
        }
    }

    /// @param tries whether a value that the type does not hold becomes null instead of an error
    record Cast(BoundExpression operand, ColumnType type, boolean tries, Place place)
            implements BoundExpression {}

    /// A call with `OVER`, before it is split off (see [AnalyzedSelect.Windows]).
    record WindowCall(
            WindowFunction function,
            List<BoundExpression> arguments,
            WindowSpec window,
            ColumnType type,
            Place place)
            implements BoundExpression {}

    /// `locf` or `interpolate` over groups, before it is split off (see [Filling]).
    record Filled(FillMode mode, BoundExpression operand, Place place) implements BoundExpression {
        @Override
        public ColumnType type() {
            return operand.type();
        }
    }

    /// An aggregate's call, before it is split off (see [AnalyzedSelect.Aggregation]).
    ///
    /// @param argument what is never null for `count(*)`: the time of a measurement's rows, else
    ///   TRUE
    /// @param more the second and further arguments; empty for most
    record Aggregate(
            AggregateFunction function,
            BoundExpression argument,
            List<BoundExpression> more,
            ColumnType type,
            Place place)
            implements BoundExpression {
        public Aggregate(
                AggregateFunction function,
                BoundExpression argument,
                ColumnType type,
                Place place) {
            this(function, argument, List.of(), type, place);
        }

        /// All arguments.
        public List<BoundExpression> arguments() {
            var all = new ArrayList<BoundExpression>();
            all.add(argument);
            all.addAll(more);
            return all;
        }
    }
}
