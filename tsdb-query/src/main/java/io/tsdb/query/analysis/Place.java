package io.tsdb.query.analysis;

import io.tsdb.query.sql.Position;

import org.jspecify.annotations.Nullable;

/// Where in a statement an expression stands, for errors. Any two places are equal, so that
/// expressions are the same when they compute the same, wherever they stand.
public final class Place {
    private final Position position;

    public Place(Position position) {
        this.position = position;
    }

    public Position position() {
        return position;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Place;
    }

    @Override
    public int hashCode() {
        return 0;
    }

    @Override
    public String toString() {
        return position.line() + ":" + position.column();
    }
}
