package io.tsdb.ingest.protocol;

import java.util.ArrayList;
import java.util.List;

/// Gathers [RefusedLines]: counts all of them, describes some. One thread.
public final class RefusedLinesBuilder {
    private final List<LineError> described = new ArrayList<>();
    private int unparsedCount;
    private int droppedCount;

    /// Counts a line.
    ///
    /// @param describedMax lines that are described
    /// @return whether a description is wanted, by [#describe]
    public boolean count(LineError.Kind kind, int describedMax) {
        int before = kind.isOfSchema() ? droppedCount++ : unparsedCount++;
        // the first of its sort pushes the last of the others out: what is answered depends on it
        return described.size() < describedMax || before == 0 && describedMax > 1;
    }

    /// Adds the description of the line that was counted last.
    public void describe(LineError error, int describedMax) {
        if (described.size() >= describedMax) {
            described.removeLast();
        }
        described.add(error);
    }

    /// What was gathered; begins anew.
    public RefusedLines take() {
        var taken = new RefusedLines(described, unparsedCount, droppedCount);
        clear();
        return taken;
    }

    public void clear() {
        described.clear();
        unparsedCount = 0;
        droppedCount = 0;
    }
}
