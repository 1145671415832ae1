package io.tsdb.loadgen.workload;

import java.util.ArrayList;
import java.util.List;

/// The nine measurements of the TSBS devops use case (names as there, `postgresl` included).
final class DevopsMeasurements {
    private static final long NO_LIMIT = 1L << 40;
    private static final long GIB = 1L << 30;

    private DevopsMeasurements() {}

    static List<MeasurementSpec> all(List<TagSpec> hostTags) {
        return List.of(
                new MeasurementSpec("cpu", hostTags, Workloads.cpuFields()),
                new MeasurementSpec(
                        "diskio",
                        with(hostTags, TagSpec.number("serial", 61, "694-511-", 100, 900)),
                        counters(
                                50,
                                "reads",
                                "writes",
                                "read_bytes",
                                "write_bytes",
                                "read_time",
                                "write_time",
                                "io_time")),
                new MeasurementSpec(
                        "disk",
                        with(
                                hostTags,
                                TagSpec.choice(
                                        "path",
                                        62,
                                        "/dev/sda0",
                                        "/dev/sda1",
                                        "/dev/sda2",
                                        "/dev/sda5"),
                                TagSpec.choice("fstype", 63, "ext3", "ext4", "btrfs")),
                        disk()),
                new MeasurementSpec(
                        "kernel",
                        hostTags,
                        counters(
                                5,
                                "boot_time",
                                "interrupts",
                                "context_switches",
                                "processes_forked",
                                "disk_pages_in",
                                "disk_pages_out")),
                new MeasurementSpec("mem", hostTags, memory()),
                new MeasurementSpec(
                        "net",
                        with(hostTags, TagSpec.number("interface", 64, "eth", 0, 4)),
                        counters(
                                50,
                                "bytes_sent",
                                "bytes_recv",
                                "packets_sent",
                                "packets_recv",
                                "err_in",
                                "err_out",
                                "drop_in",
                                "drop_out")),
                new MeasurementSpec("nginx", server(hostTags, "nginx_", 65), nginx()),
                new MeasurementSpec("postgresl", hostTags, postgres()),
                new MeasurementSpec("redis", server(hostTags, "redis_", 67), redis()));
    }

    private static List<TagSpec> with(List<TagSpec> tags, TagSpec... more) {
        List<TagSpec> all = new ArrayList<>(tags);
        all.addAll(List.of(more));
        return all;
    }

    private static List<TagSpec> server(List<TagSpec> tags, String prefix, int salt) {
        return with(
                tags,
                TagSpec.number("port", salt, "", 1024, 20000),
                TagSpec.number("server", salt + 1, prefix, 0, 100000));
    }

    private static List<FieldSpec> counters(double mean, String... names) {
        List<FieldSpec> fields = new ArrayList<>();
        for (String name : names) {
            fields.add(FieldSpec.counter(name, NO_LIMIT, mean, 1, 0));
        }
        return fields;
    }

    private static FieldSpec gauge(String name, long high) {
        return FieldSpec.walk(name, 0, high, 0, 0, 0, Math.max(1, high / 200.0));
    }

    private static List<FieldSpec> gauges(long high, String... names) {
        List<FieldSpec> fields = new ArrayList<>();
        for (String name : names) {
            fields.add(gauge(name, high));
        }
        return fields;
    }

    private static FieldSpec bytes(String name, long high) {
        // At most 2^28 a step: SeriesWalk multiplies this by 2^32 in a long.
        return FieldSpec.walk(name, 0, high, 0, high, 0, Math.min(high / 64.0, 1 << 28));
    }

    private static FieldSpec percent(String name) {
        return FieldSpec.decimal(name, 8, 0, 100, 0, 100, 1.5);
    }

    private static List<FieldSpec> disk() {
        return List.of(
                FieldSpec.walk("total", 1L << 40, 1L << 40, 1L << 40, 1L << 40, 0, 0),
                bytes("free", 1L << 40),
                bytes("used", 1L << 40),
                FieldSpec.walk("used_percent", 0, 100, 0, 100, 0, 1),
                FieldSpec.walk("inodes_total", 1 << 28, 1 << 28, 1 << 28, 1 << 28, 0, 0),
                bytes("inodes_free", 1 << 28),
                bytes("inodes_used", 1 << 28));
    }

    private static List<FieldSpec> memory() {
        long total = 16 * GIB;
        return List.of(
                FieldSpec.walk("total", total, total, total, total, 0, 0),
                bytes("available", total),
                bytes("used", total),
                bytes("free", total),
                bytes("cached", total),
                bytes("buffered", total),
                percent("used_percent"),
                percent("available_percent"),
                percent("buffered_percent"));
    }

    private static List<FieldSpec> nginx() {
        List<FieldSpec> fields = new ArrayList<>(counters(5, "accepts", "handled", "requests"));
        fields.addAll(gauges(100, "active", "reading", "waiting", "writing"));
        return fields;
    }

    private static List<FieldSpec> postgres() {
        List<FieldSpec> fields =
                new ArrayList<>(
                        gauges(
                                1000,
                                "numbackends",
                                "xact_commit",
                                "xact_rollback",
                                "blks_read",
                                "blks_hit",
                                "tup_returned",
                                "tup_fetched",
                                "tup_inserted",
                                "tup_updated",
                                "tup_deleted",
                                "conflicts",
                                "temp_files"));
        fields.add(gauge("temp_bytes", GIB));
        fields.addAll(gauges(1000, "deadlocks", "blk_read_time", "blk_write_time"));
        return fields;
    }

    private static List<FieldSpec> redis() {
        List<FieldSpec> fields = new ArrayList<>();
        fields.add(FieldSpec.counter("uptime_in_seconds", NO_LIMIT, 10, 0, 0));
        fields.addAll(
                counters(
                        50,
                        "total_connections_received",
                        "expired_keys",
                        "evicted_keys",
                        "keyspace_hits",
                        "keyspace_misses"));
        fields.addAll(
                gauges(
                        1000,
                        "instantaneous_ops_per_sec",
                        "instantaneous_input_kbps",
                        "instantaneous_output_kbps"));
        fields.add(gauge("connected_clients", 10_000));
        for (String name :
                new String[] {
                    "used_memory", "used_memory_rss", "used_memory_peak", "used_memory_lua"
                }) {
            fields.add(bytes(name, 16 * GIB));
        }
        fields.add(gauge("rdb_changes_since_last_save", 10_000));
        fields.addAll(
                gauges(
                        1000,
                        "sync_full",
                        "sync_partial_ok",
                        "sync_partial_err",
                        "pubsub_channels",
                        "pubsub_patterns",
                        "latest_fork_usec",
                        "connected_slaves",
                        "master_repl_offset",
                        "repl_backlog_active",
                        "repl_backlog_size",
                        "repl_backlog_histlen",
                        "mem_fragmentation_ratio",
                        "used_cpu_sys",
                        "used_cpu_user",
                        "used_cpu_sys_children",
                        "used_cpu_user_children"));
        return fields;
    }
}
