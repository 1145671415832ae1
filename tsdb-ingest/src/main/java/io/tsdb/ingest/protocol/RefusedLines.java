package io.tsdb.ingest.protocol;

import java.util.List;

/// The refused lines of a request.
///
/// @param described the first ones, by number; each sort that occurs has one at least
/// @param unparsedCount all lines that are no points
/// @param droppedCount all points that the schema does not take
public record RefusedLines(List<LineError> described, int unparsedCount, int droppedCount) {
    public RefusedLines {
        described = List.copyOf(described);
        if (described.size() > unparsedCount + droppedCount) {
            throw new IllegalArgumentException(
                    described.size()
                            + " lines described of "
                            + unparsedCount
                            + " and "
                            + droppedCount);
        }
    }

    public int count() {
        return unparsedCount + droppedCount;
    }
}
