package io.tsdb.cluster.node.config;

import java.util.Locale;

/// What a node reserves memory for; each is a label in `/metrics`.
public enum MemoryPart {
    /// Points not in a part, and buffers of such points that wait to be used again.
    HEAD(16, 8, MemoryPart.UNBOUNDED),

    /// Blocks of parts that queries read, and tables of newest rows.
    BLOCK_CACHE(15, 8, MemoryPart.UNBOUNDED),

    /// What a part keeps in memory as long as it is open.
    PART_INDEXES(1, 1, MemoryPart.UNBOUNDED),

    /// Series and their postings.
    SERIES(2, 4, MemoryPart.UNBOUNDED),

    /// What connections remember of the series that they sent last.
    SERIES_CACHES(4, 1, 192),

    /// All statements together.
    QUERIES(10, 8, MemoryPart.UNBOUNDED),

    /// Requests until they are acknowledged, and what connections hold. Room for two of the largest
    /// bodies is enough anywhere.
    NETWORK(16, 20, 416),

    /// Records on their way to the disk.
    LOG_QUEUES(2, 4, 96);

    private static final long UNBOUNDED = Long.MAX_VALUE >> 20;

    private final int weight;
    private final long mebibytesMin;
    private final long mebibytesMax;

    MemoryPart(int weight, long mebibytesMin, long mebibytesMax) {
        this.weight = weight;
        this.mebibytesMin = mebibytesMin;
        this.mebibytesMax = mebibytesMax;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Beside those of the others, for shares of what is left.
    int weight() {
        return weight;
    }

    long bytesMin() {
        return mebibytesMin << 20;
    }

    long bytesMax() {
        return mebibytesMax << 20;
    }
}
