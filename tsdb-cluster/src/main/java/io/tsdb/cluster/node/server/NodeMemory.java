package io.tsdb.cluster.node.server;

import io.tsdb.cluster.node.config.MemoryPart;
import io.tsdb.cluster.node.config.MemoryPlan;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/// What each part of a node takes of its memory, and who gives way.
///
/// Head, queries, network and logs refuse what would be beyond their reservation. Series that exist
/// and indexes of parts cannot be refused, nor rows that are newest: once a second the block cache
/// is given what they leave of its reservation and theirs, and gives back what is too much. Any
/// thread, and one of its own.
final class NodeMemory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeMemory.class);

    private final MemoryPlan plan;
    private final Optional<Long> seriesSet;
    private final Store store;
    private volatile long seriesBytesMax;
    private final Map<MemoryPart, List<LongSupplier>> counted = new EnumMap<>(MemoryPart.class);
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    work -> Thread.ofPlatform().daemon().name("memory").unstarted(work));

    /// @param seriesSet most bytes of series, where that is set
    NodeMemory(MemoryPlan plan, Optional<Long> seriesSet, Store store) {
        this.plan = plan;
        this.seriesSet = seriesSet;
        this.store = store;
        this.seriesBytesMax = seriesSet.orElse(plan.seriesBytesMax());
        for (MemoryPart part : MemoryPart.values()) {
            counted.put(part, new CopyOnWriteArrayList<>());
        }
        count(MemoryPart.HEAD, () -> sum(Shard::memoryBytes) + sum(Shard::idleBytes));
        count(MemoryPart.BLOCK_CACHE, () -> store.cache().usedBytes() + sum(Shard::latestBytes));
        count(MemoryPart.PART_INDEXES, () -> store.cache().indexBytes());
        count(MemoryPart.SERIES, () -> sum(Shard::seriesBytes));
        count(MemoryPart.LOG_QUEUES, () -> store.log().statistics().queuedBytes());
        count(MemoryPart.LOG_QUEUES, () -> store.log().statistics().idleBytes());
    }

    private long sum(ToLongFunction<Shard> value) {
        return store.shards().stream().mapToLong(value).sum();
    }

    /// From now on this is of the part, too.
    void count(MemoryPart part, LongSupplier bytes) {
        counted.getOrDefault(part, List.of()).add(bytes);
    }

    /// Gives way from now on.
    void start() {
        thread.scheduleWithFixedDelay(this::giveWayOrSay, 0, 1, TimeUnit.SECONDS);
    }

    private void giveWayOrSay() {
        try {
            giveWay();
        } catch (RuntimeException e) { // it would never run again
            LOG.error("BUG: the block cache keeps its size: {}", e, e);
        }
    }

    /// The cache's budget counts the indexes as well; what they leave of their own is not for
    /// blocks.
    void giveWay() {
        long indexes = used(MemoryPart.PART_INDEXES);
        long beyond = beyond(MemoryPart.PART_INDEXES);
        long latest = sum(Shard::latestBytes);
        long blocks = blocks(beyond(MemoryPart.SERIES) + beyond) - latest;
        store.cache()
                .setBudgetBytes(
                        indexes + Math.max(0, blocks), Math.max(0, plan.blockBytesMin() - latest));
        seriesBytesMax =
                seriesSet.orElse(
                        Math.max(plan.bytes(MemoryPart.SERIES), plan.seriesBytesMax() - beyond));
    }

    /// What is left of the block cache's when it has given so much.
    private long blocks(long given) {
        return Math.max(plan.blockBytesMin(), plan.bytes(MemoryPart.BLOCK_CACHE) - given);
    }

    /// Of series; new ones beyond it are to be refused.
    long seriesBytesMax() {
        return seriesBytesMax;
    }

    private long beyond(MemoryPart part) {
        return Math.max(0, used(part) - plan.bytes(part));
    }

    private long used(MemoryPart part) {
        return counted.getOrDefault(part, List.of()).stream()
                .mapToLong(LongSupplier::getAsLong)
                .sum();
    }

    /// What each part may take now, by its label; as many bytes together as the plan has, unless
    /// indexes alone have more than the block cache can give.
    Map<String, Number> reserved() {
        long series = beyond(MemoryPart.SERIES);
        long indexes = beyond(MemoryPart.PART_INDEXES);
        var reserved = new LinkedHashMap<String, Number>();
        for (MemoryPart part : MemoryPart.values()) {
            long bytes =
                    switch (part) {
                        case SERIES -> plan.bytes(part) + series;
                        case PART_INDEXES -> plan.bytes(part) + indexes;
                        case BLOCK_CACHE -> blocks(series + indexes);
                        case HEAD, SERIES_CACHES, QUERIES, NETWORK, LOG_QUEUES -> plan.bytes(part);
                    };
            reserved.put(part.label(), bytes);
        }
        return reserved;
    }

    /// What each part takes now, by its label.
    Map<String, Number> used() {
        var used = new LinkedHashMap<String, Number>();
        for (MemoryPart part : MemoryPart.values()) {
            used.put(part.label(), used(part));
        }
        return used;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
