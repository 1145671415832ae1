package io.tsdb.query.function;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Functions of other dialects, and what to say of each here. A row whose function becomes one of
/// ours is taken out (`FunctionsTest`).
public final class ForeignFunctions {
    private static final Map<String, String> HERE =
            Map.ofEntries(
                    Map.entry("sinh", "write (exp(x) - exp(-x)) / 2"),
                    Map.entry("cosh", "write (exp(x) + exp(-x)) / 2"),
                    Map.entry("tanh", "write (exp(2 * x) - 1) / (exp(2 * x) + 1)"),
                    Map.entry("xor", "write a != b"),
                    Map.entry("e", "write exp(1)"),
                    Map.entry("extract", "write extract(hour FROM time)"),
                    Map.entry("timezone", "write time AT TIME ZONE 'Europe/Berlin'"),
                    Map.entry("timestamp_ceil", "write time_bucket('1h', time) + 1h"),
                    Map.entry("to_date", "write to_timestamp(s, 'YYYY-MM-DD')"),
                    Map.entry(
                            "generate_series",
                            "no function makes rows; gaps are filled by time_bucket_gapfill"),
                    Map.entry(
                            "long_sequence",
                            "no function makes rows; gaps are filled by time_bucket_gapfill"),
                    Map.entry("md5", "hashes are not computed"),
                    Map.entry("json_extract", "JSON in texts is not read; fields are columns"),
                    Map.entry("pg_typeof", "types of columns are listed by SHOW COLUMNS FROM m"),
                    Map.entry("sample", "samples are not drawn; narrow the time range"),
                    Map.entry("holt_winters", "forecasts are not computed"),
                    Map.entry(
                            "rnd_double",
                            "a query gives the same rows each time; there are no random numbers"),
                    Map.entry("localtime", "write now()"),
                    Map.entry("rownum", "write LIMIT n, or row_number() OVER (ORDER BY time)"),
                    Map.entry("ago", "write now() - 1h"),
                    Map.entry("any", "write x IN (...)"),
                    Map.entry("approx_distinct", "write approx_count_distinct(x)"),
                    Map.entry("average", "write avg(x)"),
                    Map.entry("bin", "write time_bucket('1h', time)"),
                    Map.entry("bit_and", "bits of two numbers: bitwise_and(x, y)"),
                    Map.entry("bit_or", "bits of two numbers: bitwise_or(x, y)"),
                    Map.entry(
                            "bottom",
                            "write ORDER BY x LIMIT n, or QUALIFY row_number() OVER (PARTITION BY"
                                    + " tag ORDER BY x) <= n"),
                    Map.entry("ceiling", "write ceil(x)"),
                    Map.entry("char_length", "write length(s)"),
                    Map.entry("charindex", "write strpos(s, part)"),
                    Map.entry("contains", "write s LIKE '%part%'"),
                    Map.entry("convert", "write CAST(x AS type)"),
                    Map.entry("cot", "write 1 / tan(x)"),
                    Map.entry("count_distinct", "write count(DISTINCT x)"),
                    Map.entry("countif", "write count_if(c)"),
                    Map.entry("cube", "write UNION ALL of a query for each kind of groups"),
                    Map.entry(
                            "cumulative_sum", "write sum(x) OVER (PARTITION BY tag ORDER BY time)"),
                    Map.entry("curdate", "write date_trunc('day', now())"),
                    Map.entry(
                            "current_database",
                            "the database is named by the request: db=name, or tsdb sql --db name"),
                    Map.entry("current_date", "write date_trunc('day', now())"),
                    Map.entry("current_timestamp", "write now()"),
                    Map.entry("current_user", "there are no users"),
                    Map.entry(
                            "database",
                            "the database is named by the request: db=name, or tsdb sql --db name"),
                    Map.entry("date", "write date_trunc('day', time)"),
                    Map.entry("date_add", "write time + 1h"),
                    Map.entry("date_diff", "write t1 - t2, in nanoseconds"),
                    Map.entry("date_format", "write to_char(time, 'YYYY-MM-DD HH24:MI:SS')"),
                    Map.entry("date_sub", "write time - 1h"),
                    Map.entry("dateadd", "write time + 1h"),
                    Map.entry("datediff", "write t1 - t2, in nanoseconds"),
                    Map.entry("datetime", "write TIMESTAMP '2024-01-01T00:00:00Z', or now() - 1h"),
                    Map.entry("day", "write extract(day FROM time)"),
                    Map.entry("dayofweek", "write extract(dow FROM time)"),
                    Map.entry("decode", "write CASE x WHEN a THEN b ELSE c END"),
                    Map.entry("distinct", "write SELECT DISTINCT x"),
                    Map.entry("div", "write x // y"),
                    Map.entry("dow", "write extract(dow FROM time)"),
                    Map.entry("earliest", "write first(x)"),
                    Map.entry(
                            "elapsed",
                            "write time - lag(time) OVER (PARTITION BY tag ORDER BY time), in"
                                    + " nanoseconds"),
                    Map.entry("every", "write bool_and(x)"),
                    Map.entry(
                            "fill",
                            "gaps are filled by FILL (...) behind GROUP BY time_bucket(...)"),
                    Map.entry("from_unixtime", "write to_timestamp(seconds)"),
                    Map.entry("getdate", "write now()"),
                    Map.entry("group_concat", "write string_agg(s, ',')"),
                    Map.entry("hour", "write extract(hour FROM time)"),
                    Map.entry("if", "write CASE WHEN c THEN x ELSE y END"),
                    Map.entry("iff", "write CASE WHEN c THEN x ELSE y END"),
                    Map.entry("ifnull", "write coalesce(x, y)"),
                    Map.entry("iif", "write CASE WHEN c THEN x ELSE y END"),
                    Map.entry("instr", "write strpos(s, part)"),
                    Map.entry("isnan", "write x = CAST('nan' AS float64)"),
                    Map.entry("isnull", "write coalesce(x, y), or x IS NULL"),
                    Map.entry("latest", "write last(x)"),
                    Map.entry("lcase", "write lower(s)"),
                    Map.entry("len", "write length(s)"),
                    Map.entry("list", "write array_agg(x)"),
                    Map.entry("listagg", "write string_agg(s, ',')"),
                    Map.entry("localtimestamp", "write now()"),
                    Map.entry("locate", "write strpos(s, part)"),
                    Map.entry("max_by", "write arg_max(x, y)"),
                    Map.entry("mean", "write avg(x)"),
                    Map.entry("mid", "write substring(s, from, count)"),
                    Map.entry("min_by", "write arg_min(x, y)"),
                    Map.entry("minute", "write extract(minute FROM time)"),
                    Map.entry("month", "write extract(month FROM time)"),
                    Map.entry(
                            "moving_average",
                            "write avg(x) OVER (PARTITION BY tag ORDER BY time ROWS 9 PRECEDING)"),
                    Map.entry("non_negative_derivative", "write rate(x) of groups"),
                    Map.entry("nullifzero", "write nullif(x, 0)"),
                    Map.entry("nvl", "write coalesce(x, y)"),
                    Map.entry("nvl2", "write CASE WHEN x IS NULL THEN b ELSE a END"),
                    Map.entry("on", "DISTINCT ON takes its keys in parentheses: DISTINCT ON (tag)"),
                    Map.entry("percentile", "write percentile_cont(x, 0.95)"),
                    Map.entry("position", "write position(part IN s), or strpos(s, part)"),
                    Map.entry("pow", "write power(x, y)"),
                    Map.entry("printf", "texts are put together by ||"),
                    Map.entry("product", "products of rows are exp(sum(ln(x)))"),
                    Map.entry("quantile", "write percentile_cont(x, 0.95)"),
                    Map.entry(
                            "rand",
                            "a query gives the same rows each time; there are no random numbers"),
                    Map.entry(
                            "random",
                            "a query gives the same rows each time; there are no random numbers"),
                    Map.entry(
                            "regexp_extract",
                            "text is cut out by split_part, substring and strpos"),
                    Map.entry("regexp_like", "write s ~ 'pattern'"),
                    Map.entry("regexp_matches", "write s ~ 'pattern'"),
                    Map.entry("rollup", "write UNION ALL of a query for each kind of groups"),
                    Map.entry("row", "there are no rows as values"),
                    Map.entry("second", "write extract(second FROM time)"),
                    Map.entry("selector_first", "write first(x)"),
                    Map.entry("selector_last", "write last(x)"),
                    Map.entry("some", "write x IN (...)"),
                    Map.entry("spread", "write max(x) - min(x)"),
                    Map.entry("sqr", "write x * x"),
                    Map.entry("square", "write x * x"),
                    Map.entry("std", "write stddev(x)"),
                    Map.entry("stddevs", "write stddev(x)"),
                    Map.entry("stdev", "write stddev(x)"),
                    Map.entry("strftime", "write to_char(time, 'YYYY-MM-DD HH24:MI:SS')"),
                    Map.entry("struct", "there are no rows as values"),
                    Map.entry("substr", "write substring(s, from, count)"),
                    Map.entry("sum_if", "write sum(x) FILTER (WHERE c)"),
                    Map.entry("sysdate", "write now()"),
                    Map.entry("systimestamp", "write now()"),
                    Map.entry("time", "write time_bucket('1h', time)"),
                    Map.entry("time_floor", "write time_bucket('1h', time)"),
                    Map.entry("time_slice", "write time_bucket('1h', time)"),
                    Map.entry(
                            "timestamp",
                            "write TIMESTAMP '2024-01-01T00:00:00Z', or CAST(x AS timestamp)"),
                    Map.entry("timestamp_floor", "write time_bucket('1h', time)"),
                    Map.entry("timestampadd", "write time + 1h"),
                    Map.entry("timestampdiff", "write t1 - t2, in nanoseconds"),
                    Map.entry("to_number", "write CAST(x AS float64)"),
                    Map.entry("today", "write date_trunc('day', now())"),
                    Map.entry(
                            "top",
                            "write ORDER BY x DESC LIMIT n, or QUALIFY row_number() OVER (PARTITION"
                                    + " BY tag ORDER BY x DESC) <= n"),
                    Map.entry("tostartofday", "write time_bucket('1d', time)"),
                    Map.entry("tostartofhour", "write time_bucket('1h', time)"),
                    Map.entry("tostartofinterval", "write time_bucket('1h', time)"),
                    Map.entry("tostartofminute", "write time_bucket('1m', time)"),
                    Map.entry("total", "write sum(x)"),
                    Map.entry("truncate", "write trunc(x)"),
                    Map.entry("try_convert", "write TRY_CAST(x AS type)"),
                    Map.entry("typeof", "types of columns are listed by SHOW COLUMNS FROM m"),
                    Map.entry("ucase", "write upper(s)"),
                    Map.entry("uniq", "write count(DISTINCT x)"),
                    Map.entry("unix_timestamp", "write epoch(time)"),
                    Map.entry("unnest", "there are no arrays"),
                    Map.entry("user", "there are no users"),
                    Map.entry(
                            "uuid",
                            "a query gives the same rows each time; there are no random numbers"),
                    Map.entry("var", "write var_samp(x)"),
                    Map.entry("variance", "write var_samp(x)"),
                    Map.entry("version", "the node's version is in its answer to /ping"),
                    Map.entry("week", "write extract(week FROM time)"),
                    Map.entry("year", "write extract(year FROM time)"),
                    Map.entry("zeroifnull", "write coalesce(x, 0)"));

    private ForeignFunctions() {}

    /// @param name in lower case
    /// @return what to say, or empty for names that are known nowhere
    public static Optional<String> here(String name) {
        return Optional.ofNullable(HERE.get(name));
    }

    public static Set<String> names() {
        return HERE.keySet();
    }
}
