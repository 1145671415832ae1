package io.tsdb.storage.series;

import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.scan.TagColumn;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Series of one measurement in a shard. One thread adds; snapshots are for any thread.
///
/// Ids come in ascending order, but for those that a [PreparedForget] adds before the first reader,
/// and are never removed (where series are forgotten, another one of these takes its place), so a
/// snapshot is a bound: everything below it. A bitmap is copied when a reader asks for it, and only
/// that one.
final class MeasurementSeries {
    /// What a snapshot needs of the registry.
    interface Registry {
        SeriesKey key(int seriesId);

        /// Ordinal within its measurement by series id.
        int[] ordinals();
    }

    private final Registry registry;
    private final long packedId;
    private final RoaringBitmap ids = new RoaringBitmap();
    private final List<TagValues> tags = new ArrayList<>();
    private final List<byte[]> tagKeys = new ArrayList<>();
    private volatile int count;
    private int idBound;
    private @Nullable Snapshot newest;

    /// @param packedId [io.tsdb.storage.model.MeasurementId#packed()]
    MeasurementSeries(Registry registry, long packedId) {
        this.registry = registry;
        this.packedId = packedId;
    }

    long packedId() {
        return packedId;
    }

    /// Ordinal that the next series gets, and how many there are; any thread.
    int count() {
        return count;
    }

    /// Adds a series; the registry's ordinal of it is [#count()] of before.
    ///
    /// @param source holds the canonical key in `[from, to)`
    synchronized void add(int seriesId, byte[] source, int from, int to) {
        int at = from + 2 + LittleEndian.getShort(source, from);
        for (int position = 0; at < to; position++) {
            int keyFrom = at + 2;
            int keyTo = keyFrom + LittleEndian.getShort(source, at);
            int valueFrom = keyTo + 2;
            int valueTo = valueFrom + LittleEndian.getShort(source, keyTo);
            tag(position, source, keyFrom, keyTo).add(seriesId, count, source, valueFrom, valueTo);
            at = valueTo;
        }
        ids.add(seriesId);
        count++;
        idBound = Math.max(idBound, seriesId + 1);
    }

    synchronized SeriesIndex snapshot() {
        Snapshot current = newest;
        if (current == null || current.idBound != idBound) {
            current = new Snapshot(idBound, List.copyOf(tags), registry.ordinals());
            newest = current;
        }
        return current;
    }

    /// The tag with a key, which most often is at the same position as in the series before.
    private TagValues tag(int guess, byte[] source, int from, int to) {
        if (guess < tags.size() && isKey(guess, source, from, to)) {
            return tags.get(guess);
        }
        for (int i = 0; i < tags.size(); i++) {
            if (isKey(i, source, from, to)) {
                return tags.get(i);
            }
        }
        var added = new TagValues(new String(source, from, to - from, StandardCharsets.UTF_8));
        tags.add(added);
        tagKeys.add(Arrays.copyOfRange(source, from, to));
        return added;
    }

    private boolean isKey(int index, byte[] source, int from, int to) {
        byte[] key = tagKeys.get(index);
        return Arrays.equals(key, 0, key.length, source, from, to);
    }

    private final class Snapshot implements SeriesIndex {
        private final int idBound;
        private final List<TagValues> tags;
        private final int[] ordinals;
        private @Nullable RoaringBitmap ids;

        Snapshot(int idBound, List<TagValues> tags, int[] ordinals) {
            this.idBound = idBound;
            this.tags = tags;
            this.ordinals = ordinals;
        }

        @Override
        public RoaringBitmap ids() {
            synchronized (MeasurementSeries.this) {
                RoaringBitmap copy = ids;
                if (copy == null) {
                    copy = MeasurementSeries.this.ids.clone();
                    copy.remove(idBound, 1L << 32);
                    ids = copy;
                }
                return copy;
            }
        }

        @Override
        public List<String> tagKeys() {
            return tags.stream().map(TagValues::key).sorted().toList();
        }

        @Override
        public Optional<TagColumn> tag(String key) {
            for (TagValues values : tags) {
                if (values.key().equals(key)) {
                    synchronized (MeasurementSeries.this) {
                        return Optional.of(new Column(values, idBound, ordinals));
                    }
                }
            }
            return Optional.empty();
        }

        @Override
        public SeriesKey key(int seriesId) {
            return registry.key(seriesId);
        }
    }

    /// A tag as of now; it may know values of series that the snapshot has not.
    private final class Column implements TagColumn {
        private final TagValues values;
        private final int idBound;
        private final int[] ordinals;
        private final int[] valueOfOrdinal;
        private final int valueCount;

        Column(TagValues values, int idBound, int[] ordinals) {
            this.values = values;
            this.idBound = idBound;
            this.ordinals = ordinals;
            this.valueOfOrdinal = values.valueOfOrdinal();
            this.valueCount = values.valueCount(idBound);
        }

        @Override
        public int valueCount() {
            return valueCount;
        }

        @Override
        public String value(int valueId) {
            synchronized (MeasurementSeries.this) {
                return values.value(valueId);
            }
        }

        @Override
        public long valueHash(int valueId) {
            synchronized (MeasurementSeries.this) {
                return values.hash(valueId);
            }
        }

        @Override
        public int seriesCount(int valueId) {
            synchronized (MeasurementSeries.this) {
                return values.seriesCount(valueId, idBound);
            }
        }

        @Override
        public int idOf(String value) {
            synchronized (MeasurementSeries.this) {
                int id = values.idOf(value);
                return id < valueCount ? id : ABSENT;
            }
        }

        @Override
        public RoaringBitmap postings(int valueId) {
            synchronized (MeasurementSeries.this) {
                return values.postings(valueId, idBound);
            }
        }

        @Override
        public int valueIdOf(int seriesId) {
            int ordinal = ordinals[seriesId];
            return ordinal < valueOfOrdinal.length ? valueOfOrdinal[ordinal] - 1 : ABSENT;
        }
    }
}
