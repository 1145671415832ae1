package io.tsdb.loadgen.workload;

/// Unit of the timestamps on the wire.
public enum Precision {
    NS(1, "ns"),
    US(1_000, "us"),
    MS(1_000_000, "ms"),
    S(1_000_000_000, "s");

    private final long nanos;
    private final String parameter;

    Precision(long nanos, String parameter) {
        this.nanos = nanos;
        this.parameter = parameter;
    }

    public long nanos() {
        return nanos;
    }

    /// As in the query string of a write: `ns us ms s` (the v1 path says `n` and `u`).
    public String parameter() {
        return parameter;
    }
}
