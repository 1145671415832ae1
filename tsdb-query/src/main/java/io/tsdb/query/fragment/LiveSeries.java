package io.tsdb.query.fragment;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanRequest;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.scan.TagColumn;

import org.roaringbitmap.RoaringBitmap;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.IntStream;

/// Series that have rows, and the tag values of such: what was deleted to its last row, or has
/// expired, is not shown. One thread.
final class LiveSeries {
    /// What a cursor holds of a series before it reads it.
    private static final long SERIES_BYTES = 32;

    private final MeasurementScan scan;
    private final MemoryAccount memory;

    LiveSeries(MeasurementScan scan, MemoryAccount memory) {
        this.scan = scan;
        this.memory = memory;
    }

    /// Keys of the series, one at a time: a measurement may have millions.
    TextsTask.Texts keys() {
        SeriesIndex index = scan.series();
        BlockCursor cursor = cursor(index.ids());
        return new TextsTask.Texts() {
            private boolean known;
            private boolean more = true;

            @Override
            public boolean hasNext() {
                if (!known && more) {
                    more = cursor.nextBlock();
                    known = more;
                }
                return known;
            }

            @Override
            public String next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("no further series");
                }
                known = false;
                String text = SeriesText.of(index.key(cursor.series()));
                cursor.skipSeries();
                return text;
            }

            @Override
            public void close() {
                cursor.close();
            }
        };
    }

    /// Values of a tag. Mostly one series tells of a value that it is there; only where that one
    /// has no rows the others of the value are asked.
    TextsTask.Texts values(String tag) {
        Optional<TagColumn> found = scan.series().tag(tag);
        if (found.isEmpty()) {
            return TextsTask.Texts.of(List.<String>of().iterator());
        }
        TagColumn column = found.get();
        int count = column.valueCount();
        var newest = new RoaringBitmap();
        for (int value = 0; value < count; value++) {
            RoaringBitmap postings = column.postings(value);
            if (!postings.isEmpty()) {
                newest.add(postings.last());
            }
        }
        var seen = new RoaringBitmap();
        collect(newest, column, seen);
        var rest = new RoaringBitmap();
        for (int value = 0; value < count; value++) {
            if (!seen.contains(value)) {
                rest.or(column.postings(value));
            }
        }
        rest.andNot(newest);
        collect(rest, column, seen);
        Iterator<String> texts = IntStream.of(seen.toArray()).mapToObj(column::value).iterator();
        return TextsTask.Texts.of(texts);
    }

    private void collect(RoaringBitmap series, TagColumn column, RoaringBitmap seen) {
        if (series.isEmpty()) {
            return;
        }
        try (BlockCursor cursor = cursor(series)) {
            while (cursor.nextBlock()) {
                seen.add(column.valueIdOf(cursor.series()));
                cursor.skipSeries();
            }
        }
        memory.release(SERIES_BYTES * series.getCardinality());
    }

    private BlockCursor cursor(RoaringBitmap series) {
        memory.reserve(SERIES_BYTES * series.getCardinality());
        return scan.blocks(new ScanRequest(series, TimeRange.ALL, List.of(), false));
    }
}
