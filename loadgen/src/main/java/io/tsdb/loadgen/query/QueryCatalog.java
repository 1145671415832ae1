package io.tsdb.loadgen.query;

import io.tsdb.loadgen.query.QuerySpec.Aggregate;
import io.tsdb.loadgen.query.QuerySpec.Finish;
import io.tsdb.loadgen.query.QuerySpec.Function;
import io.tsdb.loadgen.query.QuerySpec.Having;
import io.tsdb.loadgen.query.QuerySpec.Shape;
import io.tsdb.loadgen.workload.MeasurementSpec;
import io.tsdb.loadgen.workload.StreamConfig;
import io.tsdb.loadgen.workload.Workload;
import io.tsdb.loadgen.workload.Workloads;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// The query types of the TSBS use cases cpu-only (devops has the same) and iot, with their random
/// parameters.
public final class QueryCatalog {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private static final List<String> CPU_TYPES =
            List.of(
                    "single-groupby-1-1-1",
                    "single-groupby-1-1-12",
                    "single-groupby-1-8-1",
                    "single-groupby-5-1-1",
                    "single-groupby-5-1-12",
                    "single-groupby-5-8-1",
                    "cpu-max-all-1",
                    "cpu-max-all-8",
                    "double-groupby-1",
                    "double-groupby-5",
                    "double-groupby-all",
                    "high-cpu-1",
                    "high-cpu-all",
                    "lastpoint",
                    "groupby-orderby-limit");

    private static final List<String> IOT_TYPES =
            List.of(
                    "last-loc",
                    "low-fuel",
                    "high-load",
                    "stationary-trucks",
                    "long-driving-sessions",
                    "long-daily-sessions",
                    "avg-vs-projected-fuel-consumption",
                    "avg-daily-driving-duration",
                    "avg-daily-driving-session",
                    "avg-load",
                    "daily-activity",
                    "breakdown-frequency");

    private static final Aggregate VELOCITY = new Aggregate(Function.AVG, "velocity");
    private static final Aggregate STATUS = new Aggregate(Function.AVG, "status");
    private static final String[] FLEETS = {"East", "West", "North", "South"};
    private static final String[][] MODELS = {
        {"F-150", "2000"}, {"G-2000", "5000"}, {"H-2", "1500"}
    };

    private final StreamConfig config;
    private final Workload workload;
    private final long endNanos;

    public QueryCatalog(StreamConfig config) {
        this.config = config;
        workload = Workloads.named(config.workload());
        if (config.steps() == 0) {
            throw new IllegalArgumentException("queries need the end of the data: give --span");
        }
        endNanos = config.startNanos() + config.steps() * config.intervalNanos();
    }

    /// The types of a workload; none when it has none.
    public static List<String> types(String workload) {
        return switch (workload) {
            case "cpu-only", "devops" -> CPU_TYPES;
            case "iot" -> IOT_TYPES;
            default -> List.of();
        };
    }

    /// A question of a type.
    ///
    /// @throws IllegalArgumentException when there is no such type
    public QuerySpec spec(String type, SplittableRandom random) {
        String[] parts = type.split("-");
        if (type.startsWith("single-groupby-") && parts.length == 5) {
            return cpu(
                    type,
                    random,
                    Integer.parseInt(parts[3]),
                    Integer.parseInt(parts[4]) * HOUR,
                    MINUTE,
                    false,
                    Function.MAX,
                    Integer.parseInt(parts[2]));
        }
        return switch (type) {
            case "cpu-max-all-1" -> cpu(type, random, 1, 8 * HOUR, HOUR, false, Function.MAX, 10);
            case "cpu-max-all-8" -> cpu(type, random, 8, 8 * HOUR, HOUR, false, Function.MAX, 10);
            case "double-groupby-1" -> cpu(type, random, 0, 12 * HOUR, HOUR, true, Function.AVG, 1);
            case "double-groupby-5" -> cpu(type, random, 0, 12 * HOUR, HOUR, true, Function.AVG, 5);
            case "double-groupby-all" ->
                    cpu(type, random, 0, 12 * HOUR, HOUR, true, Function.AVG, 10);
            case "high-cpu-1" -> highCpu(type, random, 1);
            case "high-cpu-all" -> highCpu(type, random, 0);
            case "lastpoint" -> latest(type, "cpu", Map.of(), List.of());
            case "groupby-orderby-limit" -> newestBuckets(type, random);
            case "last-loc" ->
                    latest(
                            type,
                            "readings",
                            Map.of("fleet", fleet(random)),
                            List.of("driver", "latitude", "longitude"));
            case "low-fuel" ->
                    trucks(
                            type,
                            "diagnostics",
                            Map.of("fleet", fleet(random)),
                            Long.MIN_VALUE,
                            Long.MAX_VALUE,
                            "",
                            List.of("name", "driver"),
                            List.of(new Aggregate(Function.LAST, "fuel_state")),
                            new Having("<", 0.1));
            case "high-load" -> highLoad(type, random);
            case "stationary-trucks" -> stationary(type, random);
            case "avg-vs-projected-fuel-consumption" ->
                    trucks(
                            type,
                            "readings",
                            Map.of(),
                            Long.MIN_VALUE,
                            Long.MAX_VALUE,
                            "velocity",
                            List.of("fleet", "nominal_fuel_consumption"),
                            List.of(
                                    new Aggregate(Function.AVG, "fuel_consumption"),
                                    new Aggregate(Function.COUNT, "fuel_consumption")),
                            Having.NONE);
            case "long-driving-sessions" -> sessions(type, random, 4 * HOUR, Finish.MORE_THAN_22);
            case "long-daily-sessions" -> sessions(type, random, 24 * HOUR, Finish.MORE_THAN_60);
            case "avg-daily-driving-duration" ->
                    tenMinutes(
                            type,
                            "readings",
                            List.of("fleet", "name", "driver"),
                            List.of(VELOCITY),
                            new Having(">", 1),
                            Finish.HOURS_PER_DAY);
            case "avg-daily-driving-session" ->
                    tenMinutes(
                            type,
                            "readings",
                            List.of("name"),
                            List.of(VELOCITY),
                            Having.NONE,
                            Finish.SESSION_SECONDS);
            case "daily-activity" ->
                    tenMinutes(
                            type,
                            "diagnostics",
                            List.of("fleet", "model", "name"),
                            List.of(STATUS, new Aggregate(Function.COUNT, "status")),
                            new Having("<", 1),
                            Finish.SHARE_OF_DAY);
            case "breakdown-frequency" ->
                    tenMinutes(
                            type,
                            "diagnostics",
                            List.of("model", "name"),
                            List.of(STATUS),
                            Having.NONE,
                            Finish.BREAKDOWNS);
            case "avg-load" ->
                    trucks(
                            type,
                            "diagnostics",
                            Map.of(),
                            Long.MIN_VALUE,
                            Long.MAX_VALUE,
                            "",
                            List.of("fleet", "model", "load_capacity"),
                            List.of(new Aggregate(Function.AVG, "current_load")),
                            Having.NONE);
            default ->
                    throw new IllegalArgumentException(
                            "unknown query type '"
                                    + type
                                    + "'; there are "
                                    + types(config.workload()));
        };
    }

    private int index(String measurement) {
        for (int m = 0; m < workload.measurements().size(); m++) {
            if (workload.measurements().get(m).name().equals(measurement)) {
                return m;
            }
        }
        throw new IllegalArgumentException(
                "workload " + config.workload() + " has no measurement " + measurement);
    }

    /// A random window, on whole seconds, within the data as far as it is long enough.
    private long[] window(SplittableRandom random, long span) {
        long room = Math.max(1, (endNanos - config.startNanos() - span) / SECOND);
        long from = config.startNanos() + (long) (random.nextDouble() * room) * SECOND;
        return new long[] {from, from + span};
    }

    private List<Integer> devices(SplittableRandom random, int count) {
        TreeSet<Integer> chosen = new TreeSet<>();
        while (chosen.size() < Math.min(count, config.scale())) {
            chosen.add(random.nextInt(config.scale()));
        }
        return List.copyOf(chosen);
    }

    private QuerySpec cpu(
            String type,
            SplittableRandom random,
            int hosts,
            long span,
            long bucket,
            boolean byHost,
            Function function,
            int fields) {
        long[] window = window(random, span);
        MeasurementSpec cpu = workload.measurements().get(index("cpu"));
        List<Aggregate> aggregates = new ArrayList<>();
        for (int f = 0; f < fields; f++) {
            aggregates.add(new Aggregate(function, cpu.fields().get(f).name()));
        }
        return new QuerySpec(
                type,
                Shape.AGGREGATE,
                cpu,
                index("cpu"),
                devices(random, hosts),
                Map.of(),
                window[0],
                window[1],
                "",
                0,
                bucket,
                byHost ? List.of("hostname") : List.of(),
                aggregates,
                List.of(),
                Having.NONE,
                0,
                Finish.NONE);
    }

    private QuerySpec highCpu(String type, SplittableRandom random, int hosts) {
        long[] window = window(random, 12 * HOUR);
        return new QuerySpec(
                type,
                Shape.ROWS,
                workload.measurements().get(index("cpu")),
                index("cpu"),
                devices(random, hosts),
                Map.of(),
                window[0],
                window[1],
                "usage_user",
                90,
                0,
                List.of(),
                List.of(),
                List.of(),
                Having.NONE,
                0,
                Finish.NONE);
    }

    private QuerySpec latest(
            String type, String measurement, Map<String, String> tags, List<String> columns) {
        return new QuerySpec(
                type,
                Shape.LATEST,
                workload.measurements().get(index(measurement)),
                index(measurement),
                List.of(),
                tags,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                "",
                0,
                0,
                List.of(),
                List.of(),
                columns,
                Having.NONE,
                0,
                Finish.NONE);
    }

    private QuerySpec newestBuckets(String type, SplittableRandom random) {
        long[] window = window(random, HOUR);
        return new QuerySpec(
                type,
                Shape.AGGREGATE,
                workload.measurements().get(index("cpu")),
                index("cpu"),
                List.of(),
                Map.of(),
                Long.MIN_VALUE,
                window[1],
                "",
                0,
                MINUTE,
                List.of(),
                List.of(new Aggregate(Function.MAX, "usage_user")),
                List.of(),
                Having.NONE,
                5,
                Finish.NONE);
    }

    private static String fleet(SplittableRandom random) {
        return FLEETS[random.nextInt(FLEETS.length)];
    }

    /// For one truck model, since a tag is no number in SQL: its capacity is written into the
    /// condition.
    private QuerySpec highLoad(String type, SplittableRandom random) {
        String[] model = MODELS[random.nextInt(MODELS.length)];
        return trucks(
                type,
                "diagnostics",
                Map.of("fleet", fleet(random), "load_capacity", model[1]),
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                "",
                List.of("name", "driver"),
                List.of(new Aggregate(Function.LAST, "current_load")),
                new Having(">", Math.round(0.9 * Integer.parseInt(model[1]))));
    }

    private QuerySpec stationary(String type, SplittableRandom random) {
        long[] window = window(random, 10 * MINUTE);
        return trucks(
                type,
                "readings",
                Map.of("fleet", fleet(random)),
                window[0],
                window[1],
                "",
                List.of("name", "driver"),
                List.of(new Aggregate(Function.AVG, "velocity")),
                new Having("<", 1));
    }

    /// Groups of ten minutes in which a truck of a fleet drove.
    private QuerySpec sessions(String type, SplittableRandom random, long span, Finish finish) {
        long[] window = window(random, span);
        return trucks(
                type,
                "readings",
                Map.of("fleet", fleet(random)),
                window[0],
                window[1],
                "",
                List.of("name", "driver"),
                List.of(VELOCITY),
                new Having(">", 1),
                10 * MINUTE,
                finish);
    }

    private QuerySpec tenMinutes(
            String type,
            String measurement,
            List<String> groupTags,
            List<Aggregate> aggregates,
            Having having,
            Finish finish) {
        return trucks(
                type,
                measurement,
                Map.of(),
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                "",
                groupTags,
                aggregates,
                having,
                10 * MINUTE,
                finish);
    }

    private QuerySpec trucks(
            String type,
            String measurement,
            Map<String, String> tags,
            long from,
            long to,
            String aboveField,
            List<String> groupTags,
            List<Aggregate> aggregates,
            Having having) {
        return trucks(
                type,
                measurement,
                tags,
                from,
                to,
                aboveField,
                groupTags,
                aggregates,
                having,
                0,
                Finish.NONE);
    }

    private QuerySpec trucks(
            String type,
            String measurement,
            Map<String, String> tags,
            long from,
            long to,
            String aboveField,
            List<String> groupTags,
            List<Aggregate> aggregates,
            Having having,
            long bucket,
            Finish finish) {
        return new QuerySpec(
                type,
                Shape.AGGREGATE,
                workload.measurements().get(index(measurement)),
                index(measurement),
                List.of(),
                tags,
                from,
                to,
                aboveField,
                aboveField.isEmpty() ? 0 : 1,
                bucket,
                groupTags,
                aggregates,
                List.of(),
                having,
                0,
                finish);
    }
}
