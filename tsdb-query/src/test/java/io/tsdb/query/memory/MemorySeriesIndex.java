package io.tsdb.query.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.scan.TagColumn;

import org.roaringbitmap.RoaringBitmap;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Series of a [MemoryShard]; ids are positions.
final class MemorySeriesIndex implements SeriesIndex {
    private final List<MemorySeries> series;
    private final RoaringBitmap ids = new RoaringBitmap();
    private final TreeMap<String, Tag> tags = new TreeMap<>();

    MemorySeriesIndex(List<MemorySeries> series) {
        this.series = series;
        for (int id = 0; id < series.size(); id++) {
            ids.add(id);
            List<String> pairs = series.get(id).key.tags();
            for (int i = 0; i < pairs.size(); i += 2) {
                tags.computeIfAbsent(pairs.get(i), _ -> new Tag()).add(id, pairs.get(i + 1));
            }
        }
    }

    @Override
    public RoaringBitmap ids() {
        return ids;
    }

    @Override
    public List<String> tagKeys() {
        return List.copyOf(tags.keySet());
    }

    @Override
    public Optional<TagColumn> tag(String key) {
        return Optional.ofNullable(tags.get(key));
    }

    @Override
    public SeriesKey key(int seriesId) {
        return series.get(seriesId).key;
    }

    private static final class Tag implements TagColumn {
        private final List<String> values = new ArrayList<>();
        private final Map<String, Integer> valueIds = new HashMap<>();
        private final List<RoaringBitmap> postings = new ArrayList<>();
        private final Map<Integer, Integer> bySeries = new HashMap<>();

        void add(int seriesId, String value) {
            int id =
                    valueIds.computeIfAbsent(
                            value,
                            _ -> {
                                values.add(value);
                                postings.add(new RoaringBitmap());
                                return values.size() - 1;
                            });
            postings.get(id).add(seriesId);
            bySeries.put(seriesId, id);
        }

        @Override
        public int valueCount() {
            return values.size();
        }

        @Override
        public String value(int valueId) {
            return values.get(valueId);
        }

        @Override
        public long valueHash(int valueId) {
            byte[] text = values.get(valueId).getBytes(UTF_8);
            return SeriesKey.hash(text, 0, text.length);
        }

        @Override
        public int seriesCount(int valueId) {
            return postings.get(valueId).getCardinality();
        }

        @Override
        public int idOf(String value) {
            return valueIds.getOrDefault(value, ABSENT);
        }

        @Override
        public RoaringBitmap postings(int valueId) {
            return postings.get(valueId);
        }

        @Override
        public int valueIdOf(int seriesId) {
            return bySeries.getOrDefault(seriesId, ABSENT);
        }
    }
}
