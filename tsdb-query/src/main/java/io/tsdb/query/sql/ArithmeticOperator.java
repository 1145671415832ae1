package io.tsdb.query.sql;

/// Operators on two numbers.
public enum ArithmeticOperator {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    /// Always a float64.
    DIVIDE("/"),
    /// Of two int64: cut towards zero.
    INTEGER_DIVIDE("//"),
    REMAINDER("%");

    private final String symbol;

    ArithmeticOperator(String symbol) {
        this.symbol = symbol;
    }

    public String symbol() {
        return symbol;
    }
}
