package io.tsdb.loadgen.verify;

import io.tsdb.loadgen.ledger.Ledger;
import io.tsdb.loadgen.wire.SqlConnection;
import io.tsdb.loadgen.wire.SqlDialect;
import io.tsdb.loadgen.wire.SqlRefusedException;
import io.tsdb.loadgen.workload.MeasurementSpec;
import io.tsdb.loadgen.workload.Mix;
import io.tsdb.loadgen.workload.PointSends;
import io.tsdb.loadgen.workload.SeriesWalk;
import io.tsdb.loadgen.workload.StreamConfig;
import io.tsdb.loadgen.workload.Workload;
import io.tsdb.loadgen.workload.Workloads;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/// Reads back all that a ledger's run can have written: by windows of time over all series, then
/// some series alone over all of their time (the other way into the store), then counts what lies
/// outside.
public final class Verifier {
    private static final int WINDOW_POINTS = 200_000;

    private final Ledger ledger;
    private final SqlConnection sql;
    private final boolean sentCounts;
    private final int seriesSample;
    private final LongConsumer progress;
    private final StreamConfig config;
    private final Workload workload;
    private final Tally tally = new Tally();

    /// @param sentCounts whether batches sent without an answer (TCP) count as acknowledged
    /// @param seriesSample devices that are read once more by their tag
    /// @param progress gets the number of rows read so far
    public Verifier(
            Ledger ledger,
            SqlConnection sql,
            boolean sentCounts,
            int seriesSample,
            LongConsumer progress) {
        this.ledger = ledger;
        this.sql = sql;
        this.sentCounts = sentCounts;
        this.seriesSample = seriesSample;
        this.progress = progress;
        config = ledger.header().stream();
        workload = Workloads.named(config.workload());
    }

    /// Checks everything.
    public VerifyReport verify() throws IOException {
        List<MeasurementSpec> specs = workload.measurements();
        long steps = stepsPossible(specs.size());
        for (int m = 0; m < specs.size(); m++) {
            long before = tally.rows;
            check(m, 0, config.scale(), steps, "");
            checkOutside(specs.get(m), tally.rows - before);
        }
        // The sample is a second look at the same points, for what only a look-up by tag misses:
        // where the first look found something, it would count that again.
        if (workload.lifetimeSteps() == 0 && tally.report().isKept()) {
            long acknowledged = tally.acknowledged;
            long found = tally.found;
            long unanswered = tally.unanswered;
            for (int i = 0; i < Math.min(seriesSample, config.scale()); i++) {
                int device = Mix.below(Mix.of(config.seed(), i, 0x5E1EC7L), config.scale());
                checkAlone(i % specs.size(), device, steps);
            }
            // it adds findings, not points
            tally.acknowledged = acknowledged;
            tally.found = found;
            tally.unanswered = unanswered;
        }
        return tally.report();
    }

    private void checkAlone(int measurement, int device, long steps) throws IOException {
        MeasurementSpec spec = workload.measurements().get(measurement);
        String value = spec.tags().getFirst().values().of(config.seed(), device, 0);
        check(
                measurement,
                device,
                1,
                steps,
                " AND " + SqlDialect.quote(spec.idTag()) + " = '" + value + "'");
    }

    /// Steps of which something can have been sent.
    private long stepsPossible(int measurements) {
        long steps = 0;
        for (int lane = 0; lane < config.lanes(); lane++) {
            long devices = (long) config.firstDevice(lane + 1) - config.firstDevice(lane);
            long slots = (ledger.lastPossibleBatch(lane) + 1) * config.batchLines();
            steps = Math.max(steps, slots / (devices * measurements) + 1);
        }
        return config.steps() == 0 ? steps : Math.min(steps, config.steps());
    }

    private void check(int measurement, int firstDevice, int devices, long steps, String filter)
            throws IOException {
        MeasurementSpec spec = workload.measurements().get(measurement);
        int stepsPerWindow = (int) Math.min(steps, Math.max(1, WINDOW_POINTS / devices));
        Window window =
                new Window(
                        config,
                        spec,
                        measurement,
                        firstDevice,
                        devices,
                        stepsPerWindow,
                        ledger,
                        sentCounts,
                        new SeriesWalk(workload, measurement, config.seed(), firstDevice, devices),
                        new PointSends(config, workload));
        Map<String, Integer> ids = new HashMap<>();
        RowCheck check = new RowCheck(config, workload, spec, sql.dialect(), window, tally, ids);
        for (long step = 0; step < steps; step += stepsPerWindow) {
            int count = (int) Math.min(stepsPerWindow, steps - step);
            window.fill(step, count);
            nameDevices(spec, ids, firstDevice, devices, step, count);
            read(spec, check, step, count, filter);
            countLost(spec, window);
            progress.accept(tally.rows);
        }
    }

    /// Texts of the id tag in a window; they change where devices are replaced.
    private void nameDevices(
            MeasurementSpec spec,
            Map<String, Integer> ids,
            int firstDevice,
            int devices,
            long step,
            int count) {
        if (workload.lifetimeSteps() == 0 && !ids.isEmpty()) {
            return;
        }
        ids.clear();
        for (int device = firstDevice; device < firstDevice + devices; device++) {
            int first = workload.generation(config.seed(), device, step);
            int last = workload.generation(config.seed(), device, step + count - 1);
            for (int generation = first; generation <= last; generation++) {
                ids.put(
                        spec.tags().getFirst().values().of(config.seed(), device, generation),
                        device);
            }
        }
    }

    private void read(MeasurementSpec spec, RowCheck check, long step, int count, String filter)
            throws IOException {
        String time = sql.dialect().timeColumn();
        String text =
                "SELECT * FROM "
                        + SqlDialect.quote(spec.name())
                        + " WHERE "
                        + time
                        + " >= "
                        + SqlDialect.literal(edge(step))
                        + " AND "
                        + time
                        + " < "
                        + SqlDialect.literal(edge(step + count))
                        + filter;
        try {
            long rows = sql.query(text, check);
            if (rows < 0) {
                throw new IllegalStateException("BUG: " + rows + " rows");
            }
        } catch (SqlRefusedException e) {
            if (!e.isUnknownMeasurement()) {
                throw e;
            }
            // Nothing was stored of it: the points that must be there count as lost.
        }
    }

    /// Time between two steps, where no point can lie.
    private long edge(long step) {
        long nanos =
                config.startNanos() + step * config.intervalNanos() - config.intervalNanos() / 2;
        return Math.floorDiv(nanos, 1000) * 1000;
    }

    private void countLost(MeasurementSpec spec, Window window) {
        for (int point = 0; point < window.points(); point++) {
            if (window.state(point) != Window.MUST) {
                continue;
            }
            tally.acknowledged++;
            if (!window.isSeen(point)) {
                int device = window.deviceOf(point);
                long step = window.stepOf(point);
                int generation = workload.generation(config.seed(), device, step);
                tally.add(
                        Tally.Finding.LOST,
                        spec.name()
                                + " "
                                + spec.idTag()
                                + "="
                                + spec.tags()
                                        .getFirst()
                                        .values()
                                        .of(config.seed(), device, generation)
                                + " at "
                                + SqlDialect.instant(workload.timestampNanos(config, device, step))
                                + " (step "
                                + step
                                + ")");
            }
        }
    }

    private void checkOutside(MeasurementSpec spec, long rowsRead) throws IOException {
        long rows;
        try {
            rows = sql.number("SELECT count(*) FROM " + SqlDialect.quote(spec.name()));
        } catch (SqlRefusedException e) {
            if (!e.isUnknownMeasurement()) {
                throw e;
            }
            rows = 0;
        }
        if (rows > rowsRead) {
            tally.add(
                    Tally.Finding.INVENTED,
                    rows - rowsRead,
                    spec.name()
                            + " counts "
                            + rows
                            + " rows, "
                            + rowsRead
                            + " lie in the time of the run: the rest is older or newer");
        } else if (rows < rowsRead) {
            tally.add(
                    Tally.Finding.DIFFERENT,
                    rowsRead - rows,
                    spec.name() + " counts " + rows + " rows, but " + rowsRead + " were read");
        }
    }
}
