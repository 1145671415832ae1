package io.tsdb.loadgen.workload;

import java.util.ArrayList;
import java.util.List;

/// The catalogue of workloads by name.
public final class Workloads {
    private static final String[] REGIONS = {
        "us-east-1",
        "us-west-1",
        "us-west-2",
        "eu-west-1",
        "eu-central-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-northeast-1",
        "sa-east-1"
    };
    private static final String[] CPU_FIELDS = {
        "usage_user", "usage_system", "usage_idle", "usage_nice", "usage_iowait",
        "usage_irq", "usage_softirq", "usage_steal", "usage_guest", "usage_guest_nice"
    };

    /// Truck models of the TSBS iot use case: name, load capacity, fuel capacity, nominal
    /// consumption.
    private static final String[][] TRUCKS = {
        {"F-150", "2000", "200", "15"},
        {"G-2000", "5000", "300", "19"},
        {"H-2", "1500", "150", "12"}
    };

    private static final int TRUCK_SALT = 24;

    /// Names in the order of the help text.
    public static final List<String> NAMES =
            List.of("cpu-only", "devops", "iot", "sensors", "churn", "cardinality");

    private Workloads() {}

    /// The workload of a name.
    ///
    /// @throws IllegalArgumentException when there is none; the text lists those that there are
    public static Workload named(String name) {
        return switch (name) {
            case "cpu-only" -> orderly(name, List.of(cpu()));
            case "devops" -> orderly(name, DevopsMeasurements.all(hostTags()));
            case "iot" ->
                    new Workload(name, List.of(readings(), diagnostics()), 0, 0, Disorder.IOT);
            case "sensors" -> new Workload(name, sensors(), 0.2, 0, Disorder.NONE);
            case "churn" -> new Workload(name, List.of(churn()), 0, 60, Disorder.NONE);
            case "cardinality" -> orderly(name, List.of(cardinality()));
            default ->
                    throw new IllegalArgumentException(
                            "unknown workload '"
                                    + name
                                    + "'; there are "
                                    + String.join(", ", NAMES));
        };
    }

    private static Workload orderly(String name, List<MeasurementSpec> measurements) {
        return new Workload(name, measurements, 0, 0, Disorder.NONE);
    }

    /// Host tags of the TSBS devops use cases.
    private static List<TagSpec> hostTags() {
        return List.of(
                TagSpec.id("hostname", "host_"),
                TagSpec.choice("region", 1, REGIONS),
                new TagSpec(
                        "datacenter",
                        (seed, host, _) ->
                                REGIONS[TagSpec.draw(seed, host, 1, REGIONS.length)]
                                        + "abc".charAt(TagSpec.draw(seed, host, 2, 3))),
                TagSpec.number("rack", 3, "", 0, 100),
                TagSpec.choice("os", 4, "Ubuntu16.10", "Ubuntu16.04LTS", "Ubuntu15.10"),
                TagSpec.choice("arch", 5, "x64", "x86"),
                TagSpec.choice("team", 6, "SF", "NYC", "LON", "CHI"),
                TagSpec.number("service", 7, "", 0, 20),
                TagSpec.number("service_version", 8, "", 0, 2),
                TagSpec.choice("service_environment", 9, "production", "staging", "test"));
    }

    private static MeasurementSpec cpu() {
        return new MeasurementSpec("cpu", hostTags(), cpuFields());
    }

    static List<FieldSpec> cpuFields() {
        List<FieldSpec> fields = new ArrayList<>();
        for (String name : CPU_FIELDS) {
            fields.add(FieldSpec.walk(name, 0, 100, 0, 100, 0, 1));
        }
        return fields;
    }

    private static List<TagSpec> truckTags() {
        return List.of(
                TagSpec.id("name", "truck_"),
                TagSpec.choice("fleet", 21, "East", "West", "North", "South"),
                TagSpec.choice("driver", 22, "Derek", "Rodney", "Albert", "Andy", "Seth", "Trish"),
                truck("model", 0),
                TagSpec.choice("device_version", 23, "v1.0", "v1.5", "v2.0", "v2.3"),
                truck("load_capacity", 1),
                truck("fuel_capacity", 2),
                truck("nominal_fuel_consumption", 3));
    }

    private static TagSpec truck(String key, int column) {
        return new TagSpec(
                key,
                (seed, device, _) ->
                        TRUCKS[TagSpec.draw(seed, device, TRUCK_SALT, TRUCKS.length)][column]);
    }

    private static MeasurementSpec readings() {
        return new MeasurementSpec(
                "readings",
                truckTags(),
                List.of(
                        FieldSpec.decimal("latitude", 5, -90, 90, 0, 90, 0.003),
                        FieldSpec.decimal("longitude", 5, -180, 180, 0, 180, 0.003),
                        FieldSpec.decimal("elevation", 0, 0, 5000, 0, 500, 6),
                        FieldSpec.decimal("velocity", 0, 0, 100, 0, 0, 6),
                        FieldSpec.decimal("heading", 0, 0, 360, 0, 360, 3),
                        FieldSpec.decimal("grade", 0, 0, 100, 0, 0, 3),
                        FieldSpec.decimal("fuel_consumption", 1, 0, 50, 25, 25, 3)));
    }

    private static MeasurementSpec diagnostics() {
        return new MeasurementSpec(
                "diagnostics",
                truckTags(),
                List.of(
                        FieldSpec.decimal("fuel_state", 1, 0, 1, 0.1, 1, 0.0003)
                                .moving(FieldSpec.Motion.DRAIN, -0.005, 0),
                        FieldSpec.decimal("current_load", 0, 0, 5000, 0, 5000, 0)
                                .moving(FieldSpec.Motion.JUMP, 0, 0.05),
                        FieldSpec.walk("status", 0, 5, 0, 0, 0, 1)));
    }

    /// A plant: climate (few decimals), machines (states and counters with restarts), carts (GPS).
    private static List<MeasurementSpec> sensors() {
        List<TagSpec> tags =
                List.of(
                        TagSpec.id("device", "dev_"),
                        TagSpec.number("site", 31, "site_", 0, 50),
                        TagSpec.choice("vendor", 32, "acme", "globex", "initech"));
        return List.of(
                new MeasurementSpec(
                        "climate",
                        tags,
                        List.of(
                                FieldSpec.decimal("temperature", 2, -40, 85, 15, 25, 0.05),
                                FieldSpec.decimal("humidity", 1, 0, 100, 30, 60, 0.2),
                                FieldSpec.decimal("pressure", 1, 870, 1085, 1000, 1020, 0.1),
                                FieldSpec.decimal("battery", 3, 2.4, 4.2, 4.0, 4.2, 0.001)
                                        .moving(FieldSpec.Motion.DRAIN, -0.02, 0))),
                new MeasurementSpec(
                        "machine",
                        tags,
                        List.of(
                                FieldSpec.state("state", 0.01, "idle", "running", "fault", "off"),
                                FieldSpec.toggle("door_open", 0.02),
                                FieldSpec.counter("pieces", 1L << 40, 3, 1, 0.0005),
                                FieldSpec.walk("rpm", 0, 6000, 0, 3000, 0, 40))),
                new MeasurementSpec(
                        "position",
                        tags,
                        List.of(
                                FieldSpec.decimal("latitude", 6, 47.3, 47.5, 47.3, 47.5, 0.00005),
                                FieldSpec.decimal("longitude", 6, 8.4, 8.6, 8.4, 8.6, 0.00005),
                                FieldSpec.decimal("speed", 2, 0, 6, 0, 3, 0.3))));
    }

    /// Pods: each place gets a new series every 60 steps.
    private static MeasurementSpec churn() {
        return new MeasurementSpec(
                "pod",
                List.of(
                        new TagSpec(
                                "pod", (_, place, generation) -> "pod_" + place + "_" + generation),
                        TagSpec.number("node", 41, "node_", 0, 100),
                        TagSpec.choice("app", 42, "web", "api", "worker", "cache")),
                List.of(
                        FieldSpec.decimal("cpu_cores", 3, 0, 8, 0, 2, 0.05),
                        FieldSpec.counter("requests", 1L << 40, 50, 10, 0)));
    }

    private static MeasurementSpec cardinality() {
        return new MeasurementSpec(
                "meter",
                List.of(TagSpec.id("device", "d"), TagSpec.number("site", 51, "s", 0, 1000)),
                List.of(FieldSpec.decimal("value", 1, 0, 1000, 0, 1000, 0.5)));
    }
}
