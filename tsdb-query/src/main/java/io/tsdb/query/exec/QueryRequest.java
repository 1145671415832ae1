package io.tsdb.query.exec;

import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.fragment.QueryCancellation;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One SQL statement to run.
///
/// @param database that measurements are looked up in
/// @param sql one statement, a closing `;` allowed
/// @param parameters values of `:name` and `$name`, by name without the sign: a [String],
///   [Boolean], [Number] (whole ones are int64, others float64), [java.time.Instant], null, or a
///   [java.util.List] of these inside `IN (...)`
/// @param cancellation stops the query when switched
/// @param caller who sent it
/// @param consistency what the answer holds at least; empty: what the node was set to
public record QueryRequest(
        String database,
        String sql,
        Map<String, ? extends @org.jspecify.annotations.Nullable Object> parameters,
        QueryCancellation cancellation,
        QueryCaller caller,
        Optional<Consistency> consistency) {
    private static final long VALUE_BYTES = 64;

    public QueryRequest {
        parameters = Collections.unmodifiableMap(new HashMap<>(parameters));
    }

    public QueryRequest(
            String database,
            String sql,
            Map<String, ? extends @org.jspecify.annotations.Nullable Object> parameters,
            QueryCancellation cancellation) {
        this(database, sql, parameters, cancellation, QueryCaller.EVERYBODY, Optional.empty());
    }

    /// The same, with what is meant where nothing is said.
    public QueryRequest orElse(Consistency usual) {
        return consistency.isPresent()
                ? this
                : new QueryRequest(
                        database, sql, parameters, cancellation, caller, Optional.of(usual));
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
