package io.tsdb.query.function.scalar;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.QueryErrorCode;

import java.util.List;
import java.util.Optional;

/// `regexp_replace(s, pattern, to[, flags])`: the first place where a regular expression is found,
/// with the flag `g` every one, becomes another text, in which `\1` is what the first group holds.
/// `i`: whatever the letter case.
public final class RegexpReplaceFunction implements ScalarFunction {
    @Override
    public String name() {
        return "regexp_replace";
    }

    @Override
    public String usage() {
        return "regexp_replace(string, 'pattern', to[, 'gi'])";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return (arguments.size() == 3 || arguments.size() == 4)
                        && arguments.stream().allMatch(t -> t == ColumnType.STRING)
                ? Optional.of(new ScalarSignature(arguments, ColumnType.STRING))
                : Optional.empty();
    }

    @Override
    public boolean mayFail() {
        return true;
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        var rows = new TextRows(rowCount, result);
        Pattern pattern = null;
        boolean isEvery = false;
        int patternId = -1;
        int flagsId = -1;
        for (int row = 0; row < rowCount; row++) {
            if (!result.isPresent(row)) {
                rows.put(row, null);
                continue;
            }
            int flagsOfRow = arguments.length == 4 ? arguments[3].ids()[row] : 0;
            if (pattern == null || arguments[1].ids()[row] != patternId || flagsOfRow != flagsId) {
                patternId = arguments[1].ids()[row];
                flagsId = flagsOfRow;
                String flags = arguments.length == 4 ? arguments[3].string(row) : "";
                isEvery = flags.contains("g");
                pattern = Pattern.compile(prefix(flags, site) + arguments[1].string(row));
            }
            rows.put(
                    row,
                    replaced(
                            pattern.matcher(arguments[0].string(row)),
                            arguments[0].string(row),
                            arguments[2].string(row),
                            isEvery,
                            site));
        }
        rows.finish();
    }

    private static String prefix(String flags, CallSite site) {
        if (!flags.matches("[gi]*")) {
            throw site.error(
                    QueryErrorCode.INVALID_VALUE,
                    "the flags of regexp_replace are g and i, not '" + flags + "'");
        }
        return flags.contains("i") ? "(?i)" : "";
    }

    private static String replaced(
            Matcher matcher, String text, String to, boolean isEvery, CallSite site) {
        var made = new StringBuilder();
        int reserved = 0;
        int from = 0;
        boolean goesOn = matcher.find();
        while (goesOn) {
            made.append(text, from, matcher.start());
            append(matcher, text, to, made);
            if (made.length() > reserved) {
                site.reserveText(made.length());
                reserved = 2 * made.length();
            }
            from = matcher.end();
            goesOn = isEvery && matcher.find();
        }
        site.reserveText(made.length() + (long) text.length() - from);
        made.append(text, from, text.length());
        return made.toString();
    }

    private static void append(Matcher matcher, String text, String to, StringBuilder made) {
        for (int i = 0; i < to.length(); i++) {
            char c = to.charAt(i);
            if (c != '\\' || i + 1 == to.length()) {
                made.append(c);
                continue;
            }
            char next = to.charAt(++i);
            int group = next - '0';
            boolean isGroup = group >= 0 && group <= Math.min(9, matcher.groupCount());
            if (!isGroup) {
                made.append(next == '\\' ? "" : "\\").append(next);
            } else if (matcher.start(group) >= 0) {
                made.append(text, matcher.start(group), matcher.end(group));
            }
        }
    }
}
