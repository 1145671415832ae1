package io.tsdb.storage.shard;

import java.util.ArrayList;
import java.util.List;

/// A cut of the head at which all replicas merge parts, each by itself: whoever may not have come
/// to the end of that does it again, with the same words, so that all have the same parts.
///
/// @param logIndex entry that cut the head
/// @param seconds time of day, as that entry says it
record MergeMark(long logIndex, long seconds) {
    /// Those that a manifest keeps: merges that may not be done, and the newest, by whose time
    /// deletes are dated.
    ///
    /// @param known oldest first
    /// @param mergedTo up to the cut at this entry all is merged
    static List<MergeMark> left(List<MergeMark> known, long mergedTo) {
        var left = new ArrayList<MergeMark>();
        for (int i = 0; i < known.size(); i++) {
            if (i == known.size() - 1 || known.get(i).logIndex() > mergedTo) {
                left.add(known.get(i));
            }
        }
        return left;
    }
}
