package io.tsdb.query.sql;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// An expression as written: nothing resolved.
public sealed interface Expression {
    Position position();

    /// @param quoted whether it was written with `"`
    /// @param qualifier name of the relation before a dot; null when there is none
    record Name(Position position, String text, boolean quoted, @Nullable String qualifier)
            implements Expression {
        public Name(Position position, String text) {
            this(position, text, false, null);
        }
    }

    record NullLiteral(Position position) implements Expression {}

    record BoolLiteral(Position position, boolean value) implements Expression {}

    /// @param text digits, maybe with a sign before them
    record IntegerLiteral(Position position, String text) implements Expression {}

    record DecimalLiteral(Position position, double value) implements Expression {}

    record StringLiteral(Position position, String value) implements Expression {}

    record IntervalLiteral(Position position, Interval value) implements Expression {}

    /// @param isLocal whether it names no zone: `nanos` is it in UTC then
    record TimestampLiteral(Position position, long nanos, boolean isLocal) implements Expression {}

    record Parameter(Position position, String name) implements Expression {}

    /// @param star `count(*)`: `arguments` is empty then
    /// @param orderBy behind the arguments; empty when not said
    /// @param within of `WITHIN GROUP (ORDER BY ...)`; null when not said
    /// @param filter of `FILTER (WHERE ...)`; null when not said
    /// @param over the window that it is computed over; null for an ordinary call
    record Call(
            Position position,
            String function,
            boolean distinct,
            boolean star,
            List<Expression> arguments,
            List<Query.OrderItem> orderBy,
            Query.@Nullable OrderItem within,
            @Nullable Expression filter,
            @Nullable Window over)
            implements Expression {
        public Call(
                Position position,
                String function,
                boolean distinct,
                boolean star,
                List<Expression> arguments,
                @Nullable Window over) {
            this(position, function, distinct, star, arguments, List.of(), null, null, over);
        }

        /// Whether it is a name with arguments and nothing else.
        public boolean isPlain() {
            return !distinct
                    && !star
                    && orderBy.isEmpty()
                    && within == null
                    && filter == null
                    && over == null;
        }
    }

    /// `OVER (PARTITION BY ... ORDER BY ... ROWS ...)`.
    ///
    /// @param frame null when not said
    record Window(
            Position position,
            List<Expression> partitionBy,
            List<Query.OrderItem> orderBy,
            @Nullable WindowFrame frame) {}

    /// @param tries `TRY_CAST`: null instead of an error
    record Cast(Position position, Expression operand, String typeName, boolean tries)
            implements Expression {}

    /// @param operand what the conditions are compared with; null when they are conditions
    /// @param otherwise null when not said
    record Case(
            Position position,
            @Nullable Expression operand,
            List<Branch> branches,
            @Nullable Expression otherwise)
            implements Expression {}

    record Branch(Expression when, Expression then) {}

    record Negate(Position position, Expression operand) implements Expression {}

    record Arithmetic(
            Position position, ArithmeticOperator operator, Expression left, Expression right)
            implements Expression {}

    record Concat(Position position, Expression left, Expression right) implements Expression {}

    record Comparison(
            Position position, ComparisonOperator operator, Expression left, Expression right)
            implements Expression {}

    /// @param anyCase whether upper and lower case are the same, here and below
    record RegexMatch(
            Position position,
            Expression left,
            Expression pattern,
            boolean anyCase,
            boolean negated)
            implements Expression {}

    /// @param escape null when not said
    record Like(
            Position position,
            Expression operand,
            Expression pattern,
            @Nullable Expression escape,
            boolean anyCase,
            boolean negated)
            implements Expression {}

    record Between(
            Position position,
            Expression operand,
            Expression lower,
            Expression upper,
            boolean negated)
            implements Expression {}

    record In(Position position, Expression operand, List<Expression> values, boolean negated)
            implements Expression {}

    /// `time IN '2026-11'`: within a year, month, day, hour, minute or second.
    record InPeriod(Position position, Expression operand, String period, boolean negated)
            implements Expression {}

    /// `operand IN (SELECT ...)`.
    record InQuery(Position position, Expression operand, Query query, boolean negated)
            implements Expression {}

    /// A query of one column and at most one row as a value.
    record ScalarQuery(Position position, Query query) implements Expression {}

    /// `EXISTS (SELECT ...)`.
    record Exists(Position position, Query query) implements Expression {}

    record IsNull(Position position, Expression operand, boolean negated) implements Expression {}

    /// `IS TRUE`, `IS FALSE`: never NULL.
    record IsTruth(Position position, Expression operand, boolean value, boolean negated)
            implements Expression {}

    /// `IS DISTINCT FROM`: `!=` to which NULL is a value.
    record IsDistinct(Position position, Expression left, Expression right, boolean negated)
            implements Expression {}

    record Not(Position position, Expression operand) implements Expression {}

    /// @param operands two or more
    record And(Position position, List<Expression> operands) implements Expression {}

    /// @param operands two or more
    record Or(Position position, List<Expression> operands) implements Expression {}

    /// An item of a select list.
    ///
    /// @param expression null for `*` and `COLUMNS(...)`
    /// @param qualifier of a `*`: name of the relation whose columns are meant; null for all
    /// @param alias null when there is none
    /// @param text the expression as it was written
    /// @param excluded of a `*`: columns that are left out
    /// @param pattern of `COLUMNS(...)`: of the names that are meant; null when not said
    record Item(
            Position position,
            @Nullable Expression expression,
            @Nullable String qualifier,
            @Nullable String alias,
            String text,
            List<Name> excluded,
            @Nullable String pattern) {
        public Item(
                Position position,
                @Nullable Expression expression,
                @Nullable String qualifier,
                @Nullable String alias,
                String text) {
            this(position, expression, qualifier, alias, text, List.of(), null);
        }
    }
}
