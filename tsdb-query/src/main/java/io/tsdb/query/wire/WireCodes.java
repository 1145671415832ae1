package io.tsdb.query.wire;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.ArithmeticOperator;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.JoinKind;
import io.tsdb.query.sql.WindowFrame;

import java.util.Optional;
import java.util.function.ToIntFunction;

/// Numbers of constants, whatever their order in the code.
final class WireCodes {
    private WireCodes() {}

    static int of(ColumnType type) {
        return switch (type) {
            case TIMESTAMP -> 1;
            case INT64 -> 2;
            case UINT64 -> 3;
            case FLOAT64 -> 4;
            case BOOL -> 5;
            case STRING -> 6;
        };
    }

    static int of(ArithmeticOperator operator) {
        return switch (operator) {
            case ADD -> 1;
            case SUBTRACT -> 2;
            case MULTIPLY -> 3;
            case DIVIDE -> 4;
            case INTEGER_DIVIDE -> 5;
            case REMAINDER -> 6;
        };
    }

    static int of(ComparisonOperator operator) {
        return switch (operator) {
            case EQUAL -> 1;
            case NOT_EQUAL -> 2;
            case LESS -> 3;
            case LESS_OR_EQUAL -> 4;
            case GREATER -> 5;
            case GREATER_OR_EQUAL -> 6;
        };
    }

    static int of(JoinKind kind) {
        return switch (kind) {
            case INNER -> 1;
            case LEFT -> 2;
            case RIGHT -> 3;
            case FULL -> 4;
        };
    }

    static int of(WindowFrame.Unit unit) {
        return switch (unit) {
            case ROWS -> 1;
            case RANGE -> 2;
            case GROUPS -> 3;
        };
    }

    static int of(WindowFrame.Edge edge) {
        return switch (edge) {
            case UNBOUNDED_PRECEDING -> 1;
            case PRECEDING -> 2;
            case CURRENT_ROW -> 3;
            case FOLLOWING -> 4;
            case UNBOUNDED_FOLLOWING -> 5;
        };
    }

    static int of(WindowFrame.Exclusion exclusion) {
        return switch (exclusion) {
            case NO_OTHERS -> 1;
            case CURRENT_ROW -> 2;
            case GROUP -> 3;
            case TIES -> 4;
        };
    }

    /// The constant of a number; empty when none has it.
    static <T> Optional<T> find(T[] constants, ToIntFunction<T> codes, int code) {
        for (T constant : constants) {
            if (codes.applyAsInt(constant) == code) {
                return Optional.of(constant);
            }
        }
        return Optional.empty();
    }
}
