package io.tsdb.loadgen.wire;

import io.tsdb.loadgen.workload.Precision;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// The ways to write.
public enum Protocol {
    V1,
    V2,
    V3,
    TCP;

    /// Path and query of a write.
    public String path(String database, Precision precision) {
        String name = URLEncoder.encode(database, StandardCharsets.UTF_8);
        return switch (this) {
            case V1 -> "/write?db=" + name + "&precision=" + v1(precision);
            case V2 ->
                    "/api/v2/write?org=loadgen&bucket="
                            + name
                            + "&precision="
                            + precision.parameter();
            case V3 -> "/api/v3/write_lp?db=" + name + "&precision=" + v3(precision);
            case TCP -> throw new IllegalArgumentException("line protocol over TCP has no path");
        };
    }

    private static String v1(Precision precision) {
        return switch (precision) {
            case NS -> "n";
            case US -> "u";
            case MS -> "ms";
            case S -> "s";
        };
    }

    private static String v3(Precision precision) {
        return switch (precision) {
            case NS -> "nanosecond";
            case US -> "microsecond";
            case MS -> "millisecond";
            case S -> "second";
        };
    }
}
