package io.tsdb.query.exec;

import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.fragment.QueryCancellation;

import org.jspecify.annotations.Nullable;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a statement, or a plan, is run under: whose it is, what its names and values stand for, and
/// what bounds it. A front end makes one for each request, or keeps one for a connection and hands
/// on a copy with the parameters and the cancellation of each statement.
///
/// @param database that measurements are looked up in
/// @param parameters values of `:name` and `$name`, by name without the sign: a [String],
///   [Boolean], [Number] (whole ones are int64, others float64), [java.time.Instant], null, or a
///   [java.util.List] of these inside `IN (...)`
/// @param limits where they are narrower than those of the node
/// @param timeZone whose clocks times without a zone are read by, and days begin by
/// @param cancellation stops the statement when switched
/// @param caller who sent it
/// @param consistency what the answer holds at least; empty: what the node was set to
public record Session(
        String database,
        Map<String, ? extends @Nullable Object> parameters,
        QueryLimits limits,
        ZoneId timeZone,
        QueryCancellation cancellation,
        QueryCaller caller,
        Optional<Consistency> consistency) {
    private static final long VALUE_BYTES = 64;

    public Session {
        timeZone = timeZone.normalized();
        parameters = Collections.unmodifiableMap(new HashMap<>(parameters));
    }

    /// Of everybody, in UTC, with the limits of the node, without parameters.
    public static Session of(String database) {
        return new Session(
                database,
                Map.of(),
                QueryLimits.NONE,
                ZoneOffset.UTC,
                new QueryCancellation(),
                QueryCaller.EVERYBODY,
                Optional.empty());
    }

    public Session withParameters(Map<String, ? extends @Nullable Object> values) {
        return new Session(database, values, limits, timeZone, cancellation, caller, consistency);
    }

    public Session withLimits(QueryLimits narrower) {
        return new Session(
                database, parameters, narrower, timeZone, cancellation, caller, consistency);
    }

    public Session withTimeZone(ZoneId zone) {
        return new Session(database, parameters, limits, zone, cancellation, caller, consistency);
    }

    public Session withCancellation(QueryCancellation switched) {
        return new Session(database, parameters, limits, timeZone, switched, caller, consistency);
    }

    public Session withCaller(QueryCaller sender) {
        return new Session(
                database, parameters, limits, timeZone, cancellation, sender, consistency);
    }

    public Session withConsistency(Optional<Consistency> least) {
        return new Session(database, parameters, limits, timeZone, cancellation, caller, least);
    }

    /// The same, with what is meant where nothing is said.
    public Session orElse(Consistency usual) {
        return consistency.isPresent() ? this : withConsistency(Optional.of(usual));
    }

    /// Whether the plan of a statement may be that of another one of its shape: of one that has
    /// nothing of its own but its text.
    boolean isPlain() {
        return parameters.isEmpty() && timeZone.equals(ZoneOffset.UTC);
    }

    /// About what the parameters take, and take again as constants of a statement.
    long parameterBytes() {
        return bytes(parameters.values());
    }

    private static long bytes(Collection<?> values) {
        long bytes = 0;
        for (Object value : values) {
            bytes +=
                    switch (value) {
                        case null -> VALUE_BYTES;
                        case String text -> VALUE_BYTES + 4L * text.length();
                        case List<?> list -> bytes(list);
                        default -> VALUE_BYTES;
                    };
        }
        return bytes;
    }
}
