package io.tsdb.query.sql;

/// Which rows of a join are kept without a match, with NULLs for the other side.
public enum JoinKind {
    INNER(false, false),
    LEFT(true, false),
    RIGHT(false, true),
    FULL(true, true);

    private final boolean keepsLeft;
    private final boolean keepsRight;

    JoinKind(boolean keepsLeft, boolean keepsRight) {
        this.keepsLeft = keepsLeft;
        this.keepsRight = keepsRight;
    }

    public boolean keepsLeft() {
        return keepsLeft;
    }

    public boolean keepsRight() {
        return keepsRight;
    }

    public static JoinKind of(boolean keepsLeft, boolean keepsRight) {
        if (keepsLeft) {
            return keepsRight ? FULL : LEFT;
        }
        return keepsRight ? RIGHT : INNER;
    }
}
