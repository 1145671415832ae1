package io.tsdb.query.analysis;

import io.tsdb.query.sql.WindowFrame.Edge;
import io.tsdb.query.sql.WindowFrame.Exclusion;
import io.tsdb.query.sql.WindowFrame.Unit;

/// The rows of a window around each row, resolved.
public record Frame(Unit unit, Bound start, Bound end, Exclusion exclusion) {
    /// What SQL takes when none is said: from the partition's first row to the last one that is
    /// sorted as the current one.
    public static final Frame DEFAULT =
            new Frame(
                    Unit.RANGE,
                    new Bound(Edge.UNBOUNDED_PRECEDING, 0, 0, 0),
                    new Bound(Edge.CURRENT_ROW, 0, 0, 0),
                    Exclusion.NO_OTHERS);

    /// Distances of PRECEDING and FOLLOWING are not negative.
    ///
    /// @param whole rows, groups, or the distance of whole numbers; of times in nanoseconds
    /// @param months of times, besides
    /// @param real the distance of float64
    public record Bound(Edge edge, long whole, long months, double real) {
        private boolean isDistance() {
            return edge == Edge.PRECEDING || edge == Edge.FOLLOWING;
        }

        private String text() {
            if (!isDistance()) {
                return edge.text();
            }
            String distance = real != 0 ? Double.toString(real) : Long.toString(whole);
            String beside = months == 0 ? "" : months + " months ";
            return beside + distance + " " + edge.text();
        }
    }

    /// Whether a bound lies so far from the current row's value.
    public boolean goesByValues() {
        return unit == Unit.RANGE && (start.isDistance() || end.isDistance());
    }

    String text() {
        return unit.name() + " BETWEEN " + start.text() + " AND " + end.text() + exclusion.text();
    }
}
