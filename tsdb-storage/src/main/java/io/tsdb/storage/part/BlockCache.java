package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/// Blocks of parts in memory, within a budget that the parts' indexes count against as well: blocks
/// not read for a while go first (CLOCK). Indexes stay, as no part can be read without its own;
/// blocks keep a quarter of the budget whatever they take. Shared by all parts of a node; any
/// thread. Reading takes no lock.
public final class BlockCache {
    /// What an entry takes beside its block.
    private static final int ENTRY_BYTES = 64;

    /// Blocks have one part of so many of the budget in any case.
    private static final int BLOCK_SHARE_MIN = 4;

    /// A cached block; it knows its place in its part and in the ring.
    private static final class Entry {
        private final AtomicReferenceArray<@Nullable Entry> slots;
        private final int index;
        private final Block block;
        private final long sizeBytes;
        private volatile boolean wanted;
        private int ringIndex;

        Entry(AtomicReferenceArray<@Nullable Entry> slots, int index, Block block) {
            this.slots = slots;
            this.index = index;
            this.block = block;
            this.sizeBytes = block.sizeBytes() + (long) ENTRY_BYTES;
        }
    }

    /// Places for the blocks of one part.
    final class Slots {
        private final AtomicReferenceArray<@Nullable Entry> entries;
        private final long indexBytes;

        private Slots(int blockCount, long indexBytes) {
            this.entries = new AtomicReferenceArray<>(blockCount);
            this.indexBytes = indexBytes;
        }

        /// @return null when the block is not in memory
        @Nullable Block get(int block) {
            Entry entry = entries.get(block);
            if (entry == null) {
                misses.increment();
                return null;
            }
            if (!entry.wanted) {
                entry.wanted = true;
            }
            hits.increment();
            return entry.block;
        }

        /// Like [#get], for a second look: nothing is counted or marked.
        @Nullable Block peek(int block) {
            Entry entry = entries.get(block);
            return entry == null ? null : entry.block;
        }

        void put(int index, Block block) {
            BlockCache.this.put(new Entry(entries, index, block));
        }

        /// Gives back everything the part has here; once.
        void close() {
            synchronized (ring) {
                indexUsedBytes -= indexBytes;
            }
            for (int i = 0; i < entries.length(); i++) {
                synchronized (ring) {
                    Entry entry = entries.get(i);
                    if (entry != null) {
                        remove(entry);
                    }
                }
            }
        }
    }

    private final List<Entry> ring = new ArrayList<>();
    private int hand;
    private long usedBytes;
    private long indexUsedBytes;
    private long budgetBytes;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder evictions = new LongAdder();

    public BlockCache(long budgetBytes) {
        this.budgetBytes = budgetBytes;
    }

    /// Sets how many bytes blocks and indexes may take; what is too much goes at once.
    public void setBudgetBytes(long bytes) {
        synchronized (ring) {
            budgetBytes = bytes;
            evict();
        }
    }

    public long budgetBytes() {
        synchronized (ring) {
            return budgetBytes;
        }
    }

    public long usedBytes() {
        synchronized (ring) {
            return usedBytes;
        }
    }

    /// Memory of the indexes of all open parts, about.
    public long indexBytes() {
        synchronized (ring) {
            return indexUsedBytes;
        }
    }

    public int blockCount() {
        synchronized (ring) {
            return ring.size();
        }
    }

    /// Blocks that were found here since the start.
    public long hitCount() {
        return hits.sum();
    }

    /// Blocks that had to be decoded from Parquet since the start.
    public long missCount() {
        return misses.sum();
    }

    /// Blocks that went to make room since the start.
    public long evictionCount() {
        return evictions.sum();
    }

    /// Places for the blocks of a part, until it is closed.
    ///
    /// @param indexBytes memory of the part's index
    Slots slots(int blockCount, long indexBytes) {
        var slots = new Slots(blockCount, indexBytes);
        synchronized (ring) {
            indexUsedBytes += indexBytes;
            evict();
        }
        return slots;
    }

    private long roomBytes() {
        return Math.max(budgetBytes - indexUsedBytes, budgetBytes / BLOCK_SHARE_MIN);
    }

    private void put(Entry entry) {
        synchronized (ring) {
            if (entry.sizeBytes > roomBytes() || entry.slots.get(entry.index) != null) {
                return;
            }
            entry.ringIndex = ring.size();
            ring.add(entry);
            usedBytes += entry.sizeBytes;
            entry.slots.set(entry.index, entry);
            evict();
        }
    }

    /// The hand goes round: an entry that was read since its last visit gets another round, another
    /// one goes.
    private void evict() {
        long room = roomBytes();
        while (usedBytes > room && !ring.isEmpty()) {
            hand = hand < ring.size() ? hand : 0;
            Entry entry = ring.get(hand);
            if (entry.wanted) {
                entry.wanted = false;
                hand++;
            } else {
                remove(entry);
                evictions.increment();
            }
        }
    }

    private void remove(Entry entry) {
        entry.slots.set(entry.index, null);
        usedBytes -= entry.sizeBytes;
        Entry last = ring.removeLast();
        if (last != entry) {
            last.ringIndex = entry.ringIndex;
            ring.set(entry.ringIndex, last);
        }
    }
}
