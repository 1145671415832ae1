package io.tsdb.cluster.node.config;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// How a node divides its memory, one number, among what needs some. Pure.
///
/// A part that is set has what is set. The others have what they need at least, and share the rest
/// by their weights, none above what it can use. So the sum is never above the number.
///
/// @param limitBytes the number
/// @param reserved bytes of each part
public record MemoryPlan(long limitBytes, Map<MemoryPart, Long> reserved) {
    private static final long AUTO_BYTES_MAX = 4L << 30;

    /// What any node holds beside the plan: the catalog, threads, what classes hold.
    private static final long NODE_BYTES = 16L << 20;

    /// One part in so many of the heap is for what passes: garbage, rows on their way into parts.
    private static final int PASSING_SHARE = 8;

    /// Of `cache-memory` the indexes of parts have one part in so many.
    private static final int INDEXES_SHARE = 16;

    /// The block cache gives of its own to new series until one part in so many is left, and no
    /// less than so many bytes: with room for less than a page or two it would read each page again
    /// for each of its blocks.
    private static final int BLOCKS_SHARE_MIN = 4;

    private static final long BLOCKS_BYTES_MIN = 8L << 20;

    /// Indexes, and series that exist, have it give more, down to one part in so many of that.
    private static final int BLOCKS_LEAST_SHARE = 8;

    private static final String MORE =
            "give the node more (TSDB_MEMORY_MIB, or the limit of the container)";

    public MemoryPlan {
        reserved = Map.copyOf(reserved);
    }

    /// @param machineBytes of the machine, or of the container where that is less
    /// @param heapBytes that the heap may take
    /// @param coreCount shards where their number is not set
    /// @throws ConfigException when settings do not fit, naming them and what would fit
    public static MemoryPlan of(
            NodeConfig config, long machineBytes, long heapBytes, int coreCount) {
        long carried = carriedBytes(heapBytes);
        long auto = Math.min(Math.min(AUTO_BYTES_MAX, machineBytes / 2), carried);
        long limit = config.memory().bytes().orElse(auto);
        if (limit > carried) {
            throw new ConfigException(
                    "memory: %s is more than a heap of %s can carry: set %s at most, or %s"
                            .formatted(text(limit), text(heapBytes), text(carried), MORE));
        }
        int shards =
                config.cluster()
                        .map(NodeConfig.Cluster::shards)
                        .or(config::shards)
                        .orElse(coreCount);
        return of(limit, shards, set(config, shards));
    }

    /// What all parts together may have of a heap; with more, no room is left to collect in.
    static long carriedBytes(long heapBytes) {
        return Math.max(0, heapBytes - heapBytes / PASSING_SHARE - NODE_BYTES);
    }

    private static Map<MemoryPart, Long> set(NodeConfig config, int shards) {
        NodeConfig.MemorySettings memory = config.memory();
        var set = new EnumMap<MemoryPart, Long>(MemoryPart.class);
        memory.headBytes()
                .ifPresent(bytes -> set.put(MemoryPart.HEAD, Math.max(bytes, leastHead(shards))));
        memory.seriesBytes().ifPresent(bytes -> set.put(MemoryPart.SERIES, bytes));
        memory.cacheBytes()
                .ifPresent(
                        bytes -> {
                            set.put(MemoryPart.PART_INDEXES, bytes / INDEXES_SHARE);
                            set.put(MemoryPart.BLOCK_CACHE, bytes - bytes / INDEXES_SHARE);
                        });
        config.queries().budgetBytes().ifPresent(bytes -> set.put(MemoryPart.QUERIES, bytes));
        return set;
    }

    /// A shard has a mebibyte at least.
    private static long leastHead(int shards) {
        return (long) shards << 20;
    }

    /// @param set what is not to be a share
    static MemoryPlan of(long limitBytes, int shards, Map<MemoryPart, Long> set) {
        var least = new EnumMap<MemoryPart, Long>(MemoryPart.class);
        for (MemoryPart part : MemoryPart.values()) {
            least.put(part, part.bytesMin());
        }
        least.merge(MemoryPart.HEAD, leastHead(shards), Long::max);
        least.keySet().removeAll(set.keySet());
        checkFits(limitBytes, sum(least), set);
        var reserved = new EnumMap<MemoryPart, Long>(least);
        reserved.putAll(set);
        Set<MemoryPart> open = EnumSet.allOf(MemoryPart.class);
        open.removeAll(set.keySet());
        while (!open.isEmpty()) {
            Map<MemoryPart, Long> shares = shares(limitBytes - sum(reserved), open);
            Optional<MemoryPart> full =
                    open.stream()
                            .filter(
                                    part ->
                                            reserved.getOrDefault(part, 0L)
                                                            + shares.getOrDefault(part, 0L)
                                                    > part.bytesMax())
                            .findFirst();
            if (full.isEmpty()) {
                shares.forEach((part, share) -> reserved.merge(part, share, Long::sum));
                break;
            }
            reserved.put(full.get(), full.get().bytesMax());
            open.remove(full.get());
        }
        return new MemoryPlan(limitBytes, reserved);
    }

    private static Map<MemoryPart, Long> shares(long bytes, Set<MemoryPart> open) {
        long weights = open.stream().mapToLong(MemoryPart::weight).sum();
        return open.stream()
                .collect(Collectors.toMap(part -> part, part -> bytes / weights * part.weight()));
    }

    private static long sum(Map<MemoryPart, Long> bytes) {
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    /// @param least what those need that are not set
    private static void checkFits(long limitBytes, long least, Map<MemoryPart, Long> set) {
        if (limitBytes < least) {
            throw new ConfigException(
                    "memory: %s is less than a node needs: set %s at least, or %s"
                            .formatted(text(limitBytes), text(least), MORE));
        }
        // two settings may be beyond a long together, and are no less then
        double wanted = set.values().stream().mapToDouble(Long::doubleValue).sum();
        if (wanted > limitBytes - least) {
            String keys =
                    set.keySet().stream()
                            .map(part -> key(part).key())
                            .distinct()
                            .collect(Collectors.joining(", "));
            throw new ConfigException(
                    ("%s: %s does not fit into memory, which is %s, of which all else needs %s: set"
                                    + " %s at most, or %s")
                            .formatted(
                                    keys,
                                    text((long) wanted),
                                    text(limitBytes),
                                    text(least),
                                    text(limitBytes - least),
                                    MORE));
        }
    }

    private static ConfigKey key(MemoryPart part) {
        return switch (part) {
            case HEAD -> ConfigKey.HEAD_MEMORY;
            case BLOCK_CACHE, PART_INDEXES -> ConfigKey.CACHE_MEMORY;
            case SERIES -> ConfigKey.SERIES_MEMORY;
            case QUERIES -> ConfigKey.QUERY_BUDGET;
            case SERIES_CACHES, NETWORK, LOG_QUEUES -> ConfigKey.MEMORY;
        };
    }

    /// As a setting may say it.
    private static String text(long bytes) {
        return (bytes >> 20) + "MiB";
    }

    public long bytes(MemoryPart part) {
        return reserved.getOrDefault(part, 0L);
    }

    /// What the block cache keeps when new series come.
    private long blockBytesKept() {
        long blocks = bytes(MemoryPart.BLOCK_CACHE);
        return Math.min(blocks, Math.max(blocks / BLOCKS_SHARE_MIN, BLOCKS_BYTES_MIN));
    }

    /// What the block cache keeps, whatever indexes and series take.
    public long blockBytesMin() {
        return blockBytesKept() / BLOCKS_LEAST_SHARE;
    }

    /// What series may grow to where that is not set, and indexes have taken nothing of it: the
    /// block cache makes room for them.
    public long seriesBytesMax() {
        return bytes(MemoryPart.SERIES) + bytes(MemoryPart.BLOCK_CACHE) - blockBytesKept();
    }

    /// In a line: `2434MiB: head 657MiB, ...`.
    @Override
    public String toString() {
        var text = new StringBuilder(text(limitBytes));
        String separator = ": ";
        for (MemoryPart part : MemoryPart.values()) {
            text.append(separator).append(part.label()).append(' ').append(text(bytes(part)));
            separator = ", ";
        }
        return text.toString();
    }
}
