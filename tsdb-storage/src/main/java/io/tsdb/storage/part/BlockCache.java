package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.schema.FieldSet;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/// Blocks of parts in memory, each with the columns that somebody asked for, within a budget that
/// the parts' indexes count against as well: blocks not read for a while go first (CLOCK). Indexes
/// stay, as no part can be read without its own; blocks keep a quarter of the budget, or what is
/// said, whatever they take. Shared by all parts of a node; any thread. Reading takes no lock.
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
        private final FieldSet fields;
        private final long sizeBytes;
        private volatile boolean wanted;
        private int ringIndex;

        Entry(
                AtomicReferenceArray<@Nullable Entry> slots,
                int index,
                Block block,
                FieldSet fields) {
            this.slots = slots;
            this.index = index;
            this.block = block;
            this.fields = fields;
            this.sizeBytes = block.sizeBytes() + (long) ENTRY_BYTES;
        }
    }

    /// A block in memory.
    ///
    /// @param fields whose columns were taken, where the block has them; what is not in it was not
    ///   asked for yet
    record Cached(Block block, FieldSet fields) {}

    /// Places for the blocks of one part.
    final class Slots {
        private final AtomicReferenceArray<@Nullable Entry> entries;
        private final FieldSet fields;
        private final long indexBytes;

        private Slots(int blockCount, FieldSet fields, long indexBytes) {
            this.entries = new AtomicReferenceArray<>(blockCount);
            this.fields = fields;
            this.indexBytes = indexBytes;
        }

        /// @return null when the block is not in memory, or lacks a column that is wanted and that
        ///   the part has
        @Nullable Block get(int block, FieldSet wanted) {
            Entry entry = entries.get(block);
            if (entry == null || !entry.fields.coversWithin(wanted, fields)) {
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
        @Nullable Block peek(int block, FieldSet wanted) {
            Entry entry = entries.get(block);
            return entry == null || !entry.fields.coversWithin(wanted, fields) ? null : entry.block;
        }

        /// What is there of a block, whatever it is.
        @Nullable Cached cached(int block) {
            Entry entry = entries.get(block);
            return entry == null ? null : new Cached(entry.block, entry.fields);
        }

        /// Keeps a block, in place of one with fewer columns.
        void put(int index, Block block, FieldSet taken) {
            BlockCache.this.put(new Entry(entries, index, block, taken));
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
    private long blockBytesMin;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder evictions = new LongAdder();

    public BlockCache(long budgetBytes) {
        this.budgetBytes = budgetBytes;
        this.blockBytesMin = budgetBytes / BLOCK_SHARE_MIN;
    }

    /// Sets how many bytes blocks and indexes may take, of which blocks have a quarter in any case;
    /// what is too much goes at once.
    public void setBudgetBytes(long bytes) {
        setBudgetBytes(bytes, bytes / BLOCK_SHARE_MIN);
    }

    /// Sets how many bytes blocks and indexes may take; what is too much goes at once.
    ///
    /// @param blocksMin of these for blocks, whatever indexes take
    public void setBudgetBytes(long bytes, long blocksMin) {
        synchronized (ring) {
            budgetBytes = bytes;
            blockBytesMin = blocksMin;
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
    /// @param fields that the part has
    /// @param indexBytes memory of the part's index
    Slots slots(int blockCount, FieldSet fields, long indexBytes) {
        var slots = new Slots(blockCount, fields, indexBytes);
        synchronized (ring) {
            indexUsedBytes += indexBytes;
            evict();
        }
        return slots;
    }

    private long roomBytes() {
        return Math.max(budgetBytes - indexUsedBytes, blockBytesMin);
    }

    private void put(Entry entry) {
        synchronized (ring) {
            Entry old = entry.slots.get(entry.index);
            if (entry.sizeBytes > roomBytes() || old != null && old.fields.covers(entry.fields)) {
                return;
            }
            if (old != null) {
                remove(old);
                entry.wanted = old.wanted;
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
