package io.tsdb.query.sql;

import org.jspecify.annotations.Nullable;

/// `ROWS | RANGE | GROUPS BETWEEN start AND end EXCLUDE ...`, as written.
public record WindowFrame(
        Position position, Unit unit, Bound start, Bound end, Exclusion exclusion) {
    /// What distances count.
    public enum Unit {
        /// Rows.
        ROWS,
        /// The value that rows are sorted by.
        RANGE,
        /// Groups of rows that are sorted alike.
        GROUPS
    }

    /// @param distance of PRECEDING and FOLLOWING; null for the others
    public record Bound(Position position, Edge edge, @Nullable Expression distance) {}

    /// Where a frame begins or ends, in their order.
    public enum Edge {
        UNBOUNDED_PRECEDING("UNBOUNDED PRECEDING"),
        PRECEDING("PRECEDING"),
        CURRENT_ROW("CURRENT ROW"),
        FOLLOWING("FOLLOWING"),
        UNBOUNDED_FOLLOWING("UNBOUNDED FOLLOWING");

        private final String text;

        Edge(String text) {
            this.text = text;
        }

        /// As SQL has it.
        public String text() {
            return text;
        }
    }

    /// Rows around the current one that are left out of its frame.
    public enum Exclusion {
        NO_OTHERS(""),
        CURRENT_ROW(" EXCLUDE CURRENT ROW"),
        /// It, and those that are sorted alike.
        GROUP(" EXCLUDE GROUP"),
        /// Those that are sorted alike, but not itself.
        TIES(" EXCLUDE TIES");

        private final String text;

        Exclusion(String text) {
            this.text = text;
        }

        /// As SQL has it, with a blank before it.
        public String text() {
            return text;
        }
    }
}
