package io.tsdb.query.function;

import java.util.Map;
import java.util.Optional;

/// Functions of other dialects, and what is written here in their place.
public final class ForeignFunctions {
    private static final Map<String, String> HERE =
            Map.ofEntries(
                    Map.entry("mean", "avg(x)"),
                    Map.entry("average", "avg(x)"),
                    Map.entry("pow", "power(x, y)"),
                    Map.entry("mod", "x % y"),
                    Map.entry("ifnull", "coalesce(x, y)"),
                    Map.entry("isnull", "coalesce(x, y), or x IS NULL"),
                    Map.entry("nvl", "coalesce(x, y)"),
                    Map.entry("iff", "CASE WHEN c THEN x ELSE y END"),
                    Map.entry("iif", "CASE WHEN c THEN x ELSE y END"),
                    Map.entry("if", "CASE WHEN c THEN x ELSE y END"),
                    Map.entry("decode", "CASE x WHEN a THEN b ELSE c END"),
                    Map.entry("concat", "x || y"),
                    Map.entry("date_trunc", "time_bucket('1h', time)"),
                    Map.entry("date_bin", "time_bucket('1h', time)"),
                    Map.entry("time_floor", "time_bucket('1h', time)"),
                    Map.entry("timestamp_floor", "time_bucket('1h', time)"),
                    Map.entry("bin", "time_bucket('1h', time)"),
                    Map.entry("current_timestamp", "now()"),
                    Map.entry("current_date", "time_bucket('1d', now())"),
                    Map.entry("localtimestamp", "now()"),
                    Map.entry("getdate", "now()"),
                    Map.entry("sysdate", "now()"),
                    Map.entry("systimestamp", "now()"),
                    Map.entry("to_timestamp", "CAST(nanoseconds AS timestamp)"),
                    Map.entry("to_char", "CAST(x AS string)"),
                    Map.entry("to_number", "CAST(x AS float64)"),
                    Map.entry("char_length", "length(s)"),
                    Map.entry("len", "length(s)"),
                    Map.entry("ucase", "upper(s)"),
                    Map.entry("lcase", "lower(s)"),
                    Map.entry("ceiling", "ceil(x)"),
                    Map.entry("log", "ln(x), or ln(x) / ln(10)"),
                    Map.entry("log10", "ln(x) / ln(10)"),
                    Map.entry("exp", "power(2.718281828459045, x)"),
                    Map.entry("stddev_samp", "stddev(x)"),
                    Map.entry("stdev", "stddev(x)"),
                    Map.entry("std", "stddev(x)"),
                    Map.entry("spread", "max(x) - min(x)"),
                    Map.entry("count_if", "sum(CASE WHEN c THEN 1 ELSE 0 END)"),
                    Map.entry("countif", "sum(CASE WHEN c THEN 1 ELSE 0 END)"),
                    Map.entry("sum_if", "sum(CASE WHEN c THEN x END)"),
                    Map.entry("count_distinct", "count(DISTINCT x)"),
                    Map.entry("on", "LATEST BY tag in place of DISTINCT ON (tag)"),
                    Map.entry("try_convert", "TRY_CAST(x AS type)"),
                    Map.entry("convert", "CAST(x AS type)"),
                    Map.entry("regexp_matches", "s ~ 'pattern'"),
                    Map.entry("regexp_like", "s ~ 'pattern'"),
                    Map.entry("starts_with", "s LIKE 'start%'"),
                    Map.entry("contains", "s LIKE '%part%'"));

    private ForeignFunctions() {}

    /// @param name in lower case
    /// @return what is written here, or empty for names that are known nowhere
    public static Optional<String> here(String name) {
        return Optional.ofNullable(HERE.get(name));
    }
}
