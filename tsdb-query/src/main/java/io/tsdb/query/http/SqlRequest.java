package io.tsdb.query.http;

import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.function.scalar.TimeZones;
import io.tsdb.query.result.ArrowResultWriter;
import io.tsdb.query.result.ParquetResultWriter;
import io.tsdb.query.result.TimeFormat;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.model.Uint64;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.math.BigInteger;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A request to `/api/v1/sql`: URL or form parameters `q db format epoch tz consistency params`, a
/// JSON body with the same names, or the bare statement as body.
record SqlRequest(
        String sql,
        String database,
        Format format,
        TimeFormat times,
        ZoneId timeZone,
        Map<String, @Nullable Object> parameters,
        Optional<Consistency> consistency) {
    enum Format {
        JSON,
        NDJSON,
        CSV,
        ARROW,
        PARQUET
    }

    /// Deepest nesting of JSON.
    static final int NESTING_MAX = 100;

    /// Most digits of a number in JSON.
    static final int DIGITS_MAX = 1_000;

    /// Reads bodies of anybody, within those bounds.
    static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(NESTING_MAX)
                                                    .maxNumberLength(DIGITS_MAX)
                                                    .build())
                                    .build())
                    .build();

    private static final Position NOWHERE = new Position(0, 0);

    /// @throws QueryException with a text that says which parameter is wrong and what it may be
    static SqlRequest of(
            Map<String, List<String>> url,
            String contentType,
            String accept,
            String body,
            String defaultDatabase) {
        var values = new HashMap<String, String>();
        url.forEach((name, list) -> values.put(name, list.getFirst()));
        Map<String, @Nullable Object> parameters = new HashMap<>();
        if (contentType.startsWith("application/json") && !body.isBlank()) {
            JsonNode root = json("the request body", body);
            root.properties()
                    .forEach(
                            member -> {
                                if (member.getKey().equals("params")) {
                                    parameters.putAll(parameters(member.getValue()));
                                } else if (!member.getValue().isNull()) {
                                    values.put(member.getKey(), text(member));
                                }
                            });
        } else if (!body.isBlank()) {
            values.putIfAbsent("q", body);
        }
        String params = values.get("params");
        if (params != null) {
            parameters.putAll(parameters(json("parameter params", params)));
        }
        String sql = values.getOrDefault("q", "");
        if (sql.isBlank()) {
            throw invalid("parameter q (the SQL statement) is missing");
        }
        return new SqlRequest(
                sql,
                values.getOrDefault("db", defaultDatabase),
                format(values.get("format"), accept),
                times(values.get("epoch")),
                timeZone(values.get("tz")),
                parameters,
                consistency(values.get("consistency")));
    }

    private static String text(Map.Entry<String, JsonNode> member) {
        if (!member.getValue().isString()) {
            throw invalid("member '" + member.getKey() + "' of the request must be a string");
        }
        return member.getValue().stringValue();
    }

    private static Format format(@Nullable String name, String accept) {
        if (name == null) {
            return accepted(accept);
        }
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "json" -> Format.JSON;
            case "ndjson" -> Format.NDJSON;
            case "csv" -> Format.CSV;
            case "arrow" -> Format.ARROW;
            case "parquet" -> Format.PARQUET;
            default ->
                    throw invalid(
                            "format '"
                                    + name
                                    + "' is not known; use json, ndjson, csv, arrow or parquet");
        };
    }

    /// The first of the media types that is one of ours.
    private static Format accepted(String accept) {
        for (String type : accept.split(",")) {
            int end = type.indexOf(';');
            switch ((end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT)) {
                case "application/json" -> {
                    return Format.JSON;
                }
                case "application/x-ndjson", "application/jsonl" -> {
                    return Format.NDJSON;
                }
                case "text/csv" -> {
                    return Format.CSV;
                }
                case ArrowResultWriter.CONTENT_TYPE -> {
                    return Format.ARROW;
                }
                case ParquetResultWriter.CONTENT_TYPE -> {
                    return Format.PARQUET;
                }
                default -> {
                    // another one may follow
                }
            }
        }
        return Format.JSON;
    }

    private static Optional<Consistency> consistency(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        Optional<Consistency> found = Consistency.parse(text);
        if (found.isEmpty()) {
            throw invalid("consistency '" + text + "' is not known; use strong or eventual");
        }
        return found;
    }

    private static TimeFormat times(@Nullable String epoch) {
        if (epoch == null || epoch.isEmpty()) {
            return TimeFormat.RFC3339;
        }
        return TimeFormat.ofEpoch(epoch)
                .orElseThrow(
                        () -> invalid("epoch '" + epoch + "' is not known; use ns, us, ms or s"));
    }

    private static ZoneId timeZone(@Nullable String name) {
        return name == null || name.isEmpty()
                ? ZoneOffset.UTC
                : TimeZones.clock(name, NOWHERE).zone();
    }

    private static JsonNode json(String what, String text) {
        try {
            JsonNode root = JSON.readTree(text);
            if (!root.isObject()) {
                throw invalid(what + " must be a JSON object");
            }
            return root;
        } catch (StreamConstraintsException e) {
            throw invalid(
                    what
                            + " nests deeper than "
                            + NESTING_MAX
                            + ", or has a number of more than "
                            + DIGITS_MAX
                            + " digits"
                            + place(e));
        } catch (JacksonException e) {
            throw invalid(what + " is not JSON" + place(e));
        }
    }

    private static String place(JacksonException e) {
        TokenStreamLocation at = e.getLocation();
        return at == null || at.getLineNr() < 1
                ? ""
                : ", at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    private static Map<String, @Nullable Object> parameters(JsonNode object) {
        var parameters = new HashMap<String, @Nullable Object>();
        if (!object.isObject()) {
            throw invalid("params must be a JSON object of named values");
        }
        object.properties()
                .forEach(
                        member ->
                                parameters.put(
                                        member.getKey(),
                                        value(member.getKey(), member.getValue())));
        return parameters;
    }

    private static @Nullable Object value(String name, JsonNode node) {
        if (node.isNull()) {
            return null;
        }
        if (node.isString()) {
            return node.asString();
        }
        if (node.isBoolean()) {
            return node.asBoolean();
        }
        if (node.isNumber()) {
            return number(name, node);
        }
        if (node.isArray()) {
            var list = new ArrayList<@Nullable Object>();
            node.forEach(entry -> list.add(value(name, entry)));
            return list;
        }
        throw invalid("parameter '" + name + "' must be a string, number, boolean, null or a list");
    }

    /// Whole numbers as they are; one that no integer type holds is a float64, as scripts print
    /// large float64s without an exponent.
    private static Number number(String name, JsonNode node) {
        if (node.isIntegralNumber()) {
            BigInteger whole = node.bigIntegerValue();
            if (whole.bitLength() < Long.SIZE) {
                return whole.longValue();
            }
            if (Uint64.of(whole).isPresent()) {
                return whole;
            }
        }
        double number = node.doubleValue();
        if (Double.isInfinite(number)) {
            throw new QueryException(
                    QueryErrorCode.OUT_OF_RANGE,
                    NOWHERE,
                    "the value of the parameter '" + name + "' passes the range of float64");
        }
        return number;
    }

    private static QueryException invalid(String text) {
        return new QueryException(QueryErrorCode.INVALID_VALUE, NOWHERE, text);
    }
}
