package io.tsdb.query.fragment;

import io.tsdb.query.plan.Fragment;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanSource;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.scan.TagColumn;

import org.roaringbitmap.IntIterator;

import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.IntStream;

/// Starts fragments at a shard.
public final class FragmentTasks {
    private FragmentTasks() {}

    /// Opens a snapshot of the shard for the fragment; reading starts with the first pull.
    public static FragmentTask open(Fragment fragment, ScanSource source, QueryControl control) {
        return switch (fragment) {
            case Fragment.Rows f -> {
                FragmentScan scan = FragmentScan.open(source, f.scan(), control.memory());
                yield scan == null
                        ? new EmptyTask()
                        : start(() -> new RowsTask(f, scan, control), scan);
            }
            case Fragment.Groups f -> {
                FragmentScan scan = FragmentScan.open(source, f.scan(), control.memory());
                yield scan == null
                        ? new EmptyTask()
                        : start(() -> new GroupsTask(f, scan, control), scan);
            }
            case Fragment.Latest f -> {
                FragmentScan scan = FragmentScan.open(source, f.scan(), control.memory());
                yield scan == null
                        ? new EmptyTask()
                        : start(() -> new LatestTask(f, scan, control), scan);
            }
            case Fragment.TagValues(String database, String measurement, String tag) ->
                    texts(source, database, measurement, control, index -> values(index, tag));
            case Fragment.Series(String database, String measurement) ->
                    texts(source, database, measurement, control, FragmentTasks::series);
        };
    }

    private interface Start {
        FragmentTask start();
    }

    /// Starts a task, or closes its snapshot when that fails.
    private static FragmentTask start(Start start, FragmentScan scan) {
        boolean started = false;
        try {
            FragmentTask task = start.start();
            started = true;
            return task;
        } finally {
            if (!started) {
                scan.close();
            }
        }
    }

    private interface Texts {
        Iterator<String> of(SeriesIndex index);
    }

    private static FragmentTask texts(
            ScanSource source,
            String database,
            String measurement,
            QueryControl control,
            Texts texts) {
        Optional<MeasurementScan> opened = source.open(database, measurement);
        if (opened.isEmpty()) {
            return new EmptyTask();
        }
        MeasurementScan scan = opened.get();
        return new TextsTask(texts.of(scan.series()), scan, control);
    }

    private static Iterator<String> values(SeriesIndex index, String tag) {
        Optional<TagColumn> found = index.tag(tag);
        if (found.isEmpty()) {
            return Collections.emptyIterator();
        }
        TagColumn column = found.get();
        return IntStream.range(0, column.valueCount())
                .filter(id -> !column.postings(id).isEmpty())
                .mapToObj(column::value)
                .iterator();
    }

    /// One key at a time: a measurement may have millions.
    private static Iterator<String> series(SeriesIndex index) {
        IntIterator ids = index.ids().getIntIterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return ids.hasNext();
            }

            @Override
            public String next() {
                return SeriesText.of(index.key(ids.next()));
            }
        };
    }
}
