package io.tsdb.query.fragment;

import io.tsdb.query.plan.Fragment;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanSource;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.scan.TagColumn;

import org.roaringbitmap.IntIterator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Starts fragments at a shard.
public final class FragmentTasks {
    private FragmentTasks() {}

    /// Opens a snapshot of the shard for the fragment; reading starts with the first pull.
    public static FragmentTask open(Fragment fragment, ScanSource source, QueryControl control) {
        return switch (fragment) {
            case Fragment.Rows f -> {
                FragmentScan scan = FragmentScan.open(source, f.scan());
                yield scan == null
                        ? new EmptyTask()
                        : start(() -> new RowsTask(f, scan, control), scan);
            }
            case Fragment.Groups f -> {
                FragmentScan scan = FragmentScan.open(source, f.scan());
                yield scan == null
                        ? new EmptyTask()
                        : start(() -> new GroupsTask(f, scan, control), scan);
            }
            case Fragment.Latest f -> {
                FragmentScan scan = FragmentScan.open(source, f.scan());
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
        List<String> of(SeriesIndex index);
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
        try (MeasurementScan scan = opened.get()) {
            return new TextsTask(texts.of(scan.series()).iterator(), control);
        }
    }

    private static List<String> values(SeriesIndex index, String tag) {
        var values = new ArrayList<String>();
        Optional<TagColumn> column = index.tag(tag);
        if (column.isPresent()) {
            for (int id = 0; id < column.get().valueCount(); id++) {
                if (!column.get().postings(id).isEmpty()) {
                    values.add(column.get().value(id));
                }
            }
        }
        return values;
    }

    private static List<String> series(SeriesIndex index) {
        var keys = new ArrayList<String>();
        IntIterator ids = index.ids().getIntIterator();
        while (ids.hasNext()) {
            keys.add(SeriesText.of(index.key(ids.next())));
        }
        return keys;
    }
}
