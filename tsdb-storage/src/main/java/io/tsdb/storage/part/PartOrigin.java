package io.tsdb.storage.part;

/// Where the rows of a part come from; by it parts that overlap in time stand in an order.
///
/// Of two parts of a measurement that share a time, one holds only entries that were logged before
/// all of the other's: its rows lose.
///
/// @param firstIndex log index of the first entry whose rows may be here
/// @param lastIndex log index of the last such entry
/// @param deletesTo deletes up to this log index are carried out: none of the rows that they name
///   is here
/// @param writtenSeconds when the part was written, seconds since 1970; for compaction's patience
///   only
public record PartOrigin(long firstIndex, long lastIndex, long deletesTo, long writtenSeconds) {
    public PartOrigin {
        if (firstIndex > lastIndex || deletesTo < lastIndex) {
            throw new IllegalArgumentException(
                    "no log range: first=%d, last=%d, deletes to %d"
                            .formatted(firstIndex, lastIndex, deletesTo));
        }
    }

    /// Of parts written before log ranges were kept: before every log index, in the order of their
    /// sequence.
    ///
    /// @param sequence of the part, less than 2^62
    public static PartOrigin unknown(long sequence) {
        long index = sequence - (1L << 62);
        return new PartOrigin(index, index, index, 0);
    }

    /// Whether the part's rows win over those of another, where both have a row.
    public boolean isAfter(PartOrigin other) {
        return firstIndex > other.lastIndex;
    }

    /// As text, for the footer of the Parquet file.
    String toText() {
        return firstIndex + " " + lastIndex + " " + deletesTo + " " + writtenSeconds;
    }
}
