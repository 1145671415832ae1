package io.tsdb.query.exec;

import io.tsdb.query.plan.Plan;

import org.jspecify.annotations.Nullable;

/// Which rows of the right side an `ASOF JOIN` looks for: before or behind, with equal ones or
/// without.
///
/// @param isBackwards whether the nearest one is the last of those before
/// @param withEqual whether it may be equal
/// @param tolerance how far apart the two may be; null for any distance
record AsofOrder(boolean isBackwards, boolean withEqual, @Nullable Long tolerance) {
    AsofOrder(Plan.Asof plan) {
        this(plan.isBackwards(), plan.operator().holds(0), plan.tolerance());
    }

    /// @return -1 when there is none
    int placeOfNearest(RowRuns right, int run, long left, int[] cursors) {
        boolean behindEqual = isBackwards == withEqual;
        int place = behindEqual ? right.behind(run, left, cursors) : right.from(run, left, cursors);
        if (isBackwards) {
            return place == right.begin(run) ? -1 : place - 1;
        }
        return place == right.end(run) ? -1 : place;
    }

    /// The first row of the left side, in the direction in which matches are handed on, that a row
    /// of the right side is before or behind.
    ///
    /// @return -1 when there is none
    int placeOfFirst(RowRuns left, int run, long right, int[] cursors) {
        boolean fromEqual = isBackwards == withEqual;
        int place = fromEqual ? left.from(run, right, cursors) : left.behind(run, right, cursors);
        if (isBackwards) {
            return place == left.end(run) ? -1 : place;
        }
        return place == left.begin(run) ? -1 : place - 1;
    }

    /// Whether a value of the right side is nearer to what lies behind both than another one.
    boolean isNearer(long value, long other) {
        return isBackwards ? value > other : value < other;
    }

    boolean isNear(long left, long right) {
        if (tolerance == null) {
            return true;
        }
        long distance = isBackwards ? left - right : right - left;
        return distance >= 0 && distance <= tolerance;
    }
}
