package io.tsdb.query.wire;

/// Numbers of the binary form, see `docs/format/plan.md`. They stay for ever; what is new gets a
/// new one.
final class WireLayout {
    static final int MAGIC = 'T' | 'Q' << 8 | 'P' << 16 | 'L' << 24;
    static final int VERSION = 1;
    static final int VERSION_OFFSET = 4;
    static final int KIND_OFFSET = 5;
    static final int BODY_OFFSET = 6;

    static final int KIND_PLAN = 1;
    static final int KIND_FRAGMENT = 2;
    static final int KIND_BATCH = 3;
    static final int KIND_COUNTS = 4;

    /// Expressions and nodes inside one another.
    static final int NESTING_MAX = 2_000;

    private WireLayout() {}

    /// First byte of an expression.
    static final class ExpressionTag {
        static final int CONSTANT = 1;
        static final int FAILING = 2;
        static final int TIME = 3;
        static final int TAG = 4;
        static final int FIELD = 5;
        static final int INPUT = 6;
        static final int CALL = 7;
        static final int BUCKET = 8;
        static final int CASE = 9;
        static final int ARITHMETIC = 10;
        static final int COMPARISON = 11;
        static final int AND = 12;
        static final int OR = 13;
        static final int NOT = 14;
        static final int IS_NULL = 15;
        static final int IN_LIST = 16;
        static final int LIKE = 17;
        static final int REGEX = 18;
        static final int CAST = 19;
        static final int WINDOW_CALL = 20;
        static final int FILLED = 21;
        static final int AGGREGATE = 22;

        private ExpressionTag() {}
    }

    /// First byte of a plan's node.
    static final class PlanTag {
        static final int SCAN = 1;
        static final int LATEST = 2;
        static final int AGGREGATE = 3;
        static final int FILL = 4;
        static final int WINDOW = 5;
        static final int UNION = 6;
        static final int MATCHED = 7;
        static final int JOIN = 8;
        static final int ASOF = 9;
        static final int VALUES = 10;
        static final int GATHER = 11;
        static final int MERGE_GROUPS = 12;
        static final int MERGE_LATEST = 13;
        static final int SINGLE_ROW = 14;
        static final int FILTER = 15;
        static final int PROJECT = 16;
        static final int DISTINCT = 17;
        static final int SORT = 18;
        static final int LIMIT = 19;
        static final int CUT = 20;
        static final int WINDOW_JOIN = 21;

        private PlanTag() {}
    }

    /// First byte of a fragment.
    static final class FragmentTag {
        static final int ROWS = 1;
        static final int GROUPS = 2;
        static final int LATEST = 3;
        static final int TAG_VALUES = 4;
        static final int SERIES = 5;
        static final int CARDINALITY = 6;
        static final int VALUE_COUNTS = 7;

        private FragmentTag() {}
    }

    /// First byte of what fills a gap.
    static final class FillTag {
        static final int NULL = 1;
        static final int PREVIOUS = 2;
        static final int NEXT = 3;
        static final int LINEAR = 4;
        static final int VALUE = 5;

        private FillTag() {}
    }

    /// First byte of a function over a window.
    static final class WindowTag {
        static final int AGGREGATE = 1;
        static final int NAMED = 2;

        private WindowTag() {}
    }
}
