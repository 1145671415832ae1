package io.tsdb.query.fragment;

import io.tsdb.query.plan.Fragment;
import io.tsdb.storage.scan.MeasurementScan;
import io.tsdb.storage.scan.ScanSource;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// Starts fragments at a shard.
public final class FragmentTasks {
    private FragmentTasks() {}

    /// Opens a snapshot of the shard for the fragment; reading starts with the first pull.
    public static FragmentTask open(Fragment fragment, ScanSource source, QueryControl control) {
        return open(fragment, source, control, null);
    }

    /// @param counts of what the task does; null when nobody asks
    public static FragmentTask open(
            Fragment fragment,
            ScanSource source,
            QueryControl control,
            @Nullable ScanCounts counts) {
        return switch (fragment) {
            case Fragment.Rows f -> {
                FragmentScan scan = FragmentScan.open(source, f.scan(), control.memory(), counts);
                yield scan == null
                        ? new EmptyTask()
                        : start(() -> new RowsTask(f, scan, control), scan);
            }
            case Fragment.Groups f -> {
                FragmentScan scan = FragmentScan.open(source, f.scan(), control.memory(), counts);
                yield scan == null
                        ? new EmptyTask()
                        : start(() -> new GroupsTask(f, scan, control), scan);
            }
            case Fragment.Latest f -> {
                FragmentScan scan = FragmentScan.open(source, f.scan(), control.memory(), counts);
                yield scan == null
                        ? new EmptyTask()
                        : start(() -> new LatestTask(f, scan, control), scan);
            }
            case Fragment.TagValues(String database, String measurement, String tag) ->
                    texts(source, database, measurement, control, live -> live.values(tag));
            case Fragment.Series(String database, String measurement) ->
                    texts(source, database, measurement, control, LiveSeries::keys);
            case Fragment.Cardinality(String database, String measurement) ->
                    source.open(database, measurement)
                            .<FragmentTask>map(scan -> new CardinalityTask(scan, control))
                            .orElseGet(EmptyTask::new);
            case Fragment.ValueCounts f ->
                    source.open(f.database(), f.measurement())
                            .<FragmentTask>map(scan -> new ValueCountsTask(f, scan, control))
                            .orElseGet(EmptyTask::new);
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

    private interface Reading {
        TextsTask.Texts of(LiveSeries series);
    }

    private static FragmentTask texts(
            ScanSource source,
            String database,
            String measurement,
            QueryControl control,
            Reading reading) {
        Optional<MeasurementScan> opened = source.open(database, measurement);
        if (opened.isEmpty()) {
            return new EmptyTask();
        }
        MeasurementScan scan = opened.get();
        boolean started = false;
        try {
            var live = new LiveSeries(scan, control.memory().account());
            var task = new TextsTask(reading.of(live), scan, control);
            started = true;
            return task;
        } finally {
            if (!started) {
                scan.close();
            }
        }
    }
}
