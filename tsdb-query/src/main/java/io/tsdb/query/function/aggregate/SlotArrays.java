package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnVector;

/// How arrays that are indexed by slot grow, and become null bits of a column.
final class SlotArrays {
    private SlotArrays() {}

    /// Capacity for at least `count` slots: half as much again, so that growth costs little. The
    /// new arrays are reserved before the old ones are given back.
    ///
    /// @param before capacity so far
    /// @param slotBytes that a slot takes in all arrays
    static int capacity(int count, int before, int slotBytes, MemoryAccount memory) {
        int capacity =
                (int) Math.min(Integer.MAX_VALUE - 8, Math.max(64, count + (long) count / 2));
        memory.reserve((long) capacity * slotBytes);
        memory.release((long) before * slotBytes);
        return capacity;
    }

    /// Rows `[0, count)` of the target are present where `seen[from + row]`.
    static void writePresence(boolean[] seen, int from, int count, ColumnVector target) {
        target.setAllPresent();
        for (int i = 0; i < count; i++) {
            if (!seen[from + i]) {
                target.setNull(i);
            }
        }
    }
}
