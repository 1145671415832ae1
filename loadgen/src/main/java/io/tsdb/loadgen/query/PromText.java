package io.tsdb.loadgen.query;

import io.tsdb.loadgen.query.QuerySpec.Aggregate;
import io.tsdb.loadgen.query.QuerySpec.Function;
import io.tsdb.loadgen.query.QuerySpec.Shape;

import java.util.Optional;
import java.util.stream.Collectors;

/// The questions in PromQL, where a field is a metric `measurement_field`. A row of ten fields is
/// ten series there, so rows are asked for one field only; group by several tags and conditions on
/// groups are left out.
final class PromText {
    private static final long SECOND = 1_000_000_000L;

    private PromText() {}

    static Optional<String> path(QuerySpec spec, long endNanos) {
        if (!spec.tags().isEmpty()
                || spec.groupTags().size() > 1
                || spec.finish() != QuerySpec.Finish.NONE
                || !spec.having().equals(QuerySpec.Having.NONE)) {
            return Optional.empty();
        }
        String measurement = spec.measurement().name();
        String devices =
                spec.devices().isEmpty()
                        ? ""
                        : spec.measurement().idTag()
                                + "=~\""
                                + spec.devices().stream()
                                        .map(
                                                d ->
                                                        spec.measurement()
                                                                .tags()
                                                                .getFirst()
                                                                .values()
                                                                .of(0, d, 0))
                                        .collect(Collectors.joining("|"))
                                + "\"";
        if (spec.shape() == Shape.ROWS) {
            String query =
                    measurement
                            + "_"
                            + spec.aboveField()
                            + "{"
                            + devices
                            + "} > "
                            + (long) spec.above();
            return Optional.of(range(query, spec.fromNanos(), spec.toNanos(), "10s"));
        }
        if (spec.shape() == Shape.LATEST) {
            String query = "last_over_time({__name__=~\"" + measurement + "_.+\"}[24h])";
            return Optional.of(
                    "/api/v1/query?nocache=1&time="
                            + endNanos / SECOND
                            + "&query="
                            + QueryDialect.encode(query));
        }
        if (spec.bucketNanos() == 0) {
            return Optional.empty();
        }
        String width = QueryDialect.width(spec.bucketNanos());
        String fields =
                spec.aggregates().stream().map(Aggregate::field).collect(Collectors.joining("|"));
        String function = spec.aggregates().getFirst().function() == Function.AVG ? "avg" : "max";
        String selector =
                "{__name__=~\""
                        + measurement
                        + "_("
                        + fields
                        + ")\""
                        + (devices.isEmpty() ? "" : "," + devices)
                        + "}";
        String by =
                spec.groupTags().isEmpty()
                        ? "__name__"
                        : "__name__, " + spec.groupTags().getFirst();
        String query =
                function
                        + "("
                        + function
                        + "_over_time("
                        + selector
                        + "["
                        + width
                        + "])) by ("
                        + by
                        + ")";
        long from =
                spec.limit() > 0
                        ? spec.toNanos() - (spec.limit() - 1) * spec.bucketNanos()
                        : spec.fromNanos();
        return Optional.of(range(query, from, spec.toNanos(), width));
    }

    private static String range(String query, long fromNanos, long toNanos, String step) {
        return "/api/v1/query_range?nocache=1&start="
                + fromNanos / SECOND
                + "&end="
                + toNanos / SECOND
                + "&step="
                + step
                + "&query="
                + QueryDialect.encode(query);
    }
}
