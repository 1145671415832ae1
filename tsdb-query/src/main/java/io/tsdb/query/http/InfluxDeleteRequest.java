package io.tsdb.query.http;

import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.QueryException;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/// The body of `POST /api/v2/delete`: `{"start":..,"stop":..,"predicate":".."}`.
///
/// @param measurements that the predicate names; empty for all of them
/// @param condition of the rows, both ends of the time inclusive
record InfluxDeleteRequest(List<String> measurements, InfluxCondition condition) {
    private static final String MEASUREMENT = "_measurement";
    private static final String FIELD = "_field";

    /// Why a request is refused, in InfluxDB's words where it has some.
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        Refusal(String text) {
            super(text);
        }
    }

    static InfluxDeleteRequest of(String body) throws Refusal {
        JsonNode root;
        try {
            root = SqlRequest.JSON.readTree(body);
        } catch (JacksonException e) {
            throw new Refusal("error decoding json body: " + e.getOriginalMessage());
        }
        if (!root.isObject()) {
            throw new Refusal("error decoding json body: it is no object");
        }
        long from = time(root, "start");
        long to = time(root, "stop");
        if (from > to) {
            throw new Refusal("start lies after stop: nothing was deleted");
        }
        JsonNode predicate = root.get("predicate");
        if (predicate != null && !predicate.isNull() && !predicate.isString()) {
            throw new Refusal("error decoding json body: predicate is no string");
        }
        var rules = new ArrayList<InfluxCondition>();
        rules.add(new InfluxCondition.Time(ComparisonOperator.GREATER_OR_EQUAL, from));
        rules.add(new InfluxCondition.Time(ComparisonOperator.LESS_OR_EQUAL, to));
        var measurements = new ArrayList<String>();
        if (predicate != null && predicate.isString()) {
            collect(parsed(predicate.stringValue()), rules, measurements);
        }
        return new InfluxDeleteRequest(measurements, new InfluxCondition.And(rules));
    }

    private static InfluxCondition parsed(String predicate) throws Refusal {
        try {
            return InfluxConditionParser.predicate(predicate);
        } catch (QueryException wrong) {
            throw new Refusal("invalid predicate: " + wrong.text());
        }
    }

    /// Takes the names of measurements out of a conjunction.
    private static void collect(
            InfluxCondition read, List<InfluxCondition> rules, List<String> measurements)
            throws Refusal {
        switch (read) {
            case InfluxCondition.And(List<InfluxCondition> parts) -> {
                for (InfluxCondition part : parts) {
                    collect(part, rules, measurements);
                }
            }
            case InfluxCondition.Tag(String key, _, String name) when key.equals(MEASUREMENT) -> {
                if (!measurements.isEmpty() && !measurements.contains(name)) {
                    throw new Refusal(
                            "invalid predicate: no row is of measurement '"
                                    + measurements.getFirst()
                                    + "' and of '"
                                    + name
                                    + "'");
                }
                measurements.add(name);
            }
            case InfluxCondition.Tag(String key, _, _) when key.equals(FIELD) ->
                    throw new Refusal(
                            "delete by field is not supported: rows go whole, with all fields");
            case InfluxCondition.All _,
                    InfluxCondition.Tag _,
                    InfluxCondition.TagMatches _,
                    InfluxCondition.Time _,
                    InfluxCondition.Or _ ->
                    rules.add(read);
        }
    }

    private static long time(JsonNode root, String name) throws Refusal {
        JsonNode text = root.get(name);
        try {
            if (text != null && text.isString()) {
                return nanos(OffsetDateTime.parse(text.stringValue()));
            }
        } catch (DateTimeException _) {
            // said below
        }
        throw new Refusal(
                "invalid RFC3339Nano for field "
                        + name
                        + ", please format your time with RFC3339Nano format, example:"
                        + " 2009-01-02T23:00:00Z");
    }

    /// Times beyond 64 bits of nanoseconds mean the first or the last that there is.
    private static long nanos(OffsetDateTime time) {
        return BigInteger.valueOf(time.toEpochSecond())
                .multiply(BigInteger.valueOf(1_000_000_000L))
                .add(BigInteger.valueOf(time.getNano()))
                .max(BigInteger.valueOf(Long.MIN_VALUE))
                .min(BigInteger.valueOf(Long.MAX_VALUE))
                .longValueExact();
    }
}
