package io.tsdb.query.function.scalar;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/// `regexp_match(s, pattern)`: the text of the first place that a regular expression is found at,
/// of its first group when it has one; null without such a place.
public final class RegexpMatchFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(List.of(ColumnType.STRING, ColumnType.STRING), ColumnType.STRING);

    @Override
    public String name() {
        return "regexp_match";
    }

    @Override
    public String usage() {
        return "regexp_match(string, 'pattern')";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return SIGNATURE.resolve(arguments);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        var texts = new TextRows(rowCount, result);
        Pattern pattern = null;
        int id = -1;
        for (int row = 0; row < rowCount; row++) {
            if (!result.isPresent(row)) {
                texts.put(row, null);
                continue;
            }
            if (pattern == null || arguments[1].ids()[row] != id) {
                id = arguments[1].ids()[row];
                pattern = Pattern.compile(arguments[1].string(row));
            }
            texts.put(row, found(pattern, arguments[0].string(row), site));
        }
        texts.finish();
    }

    private static @Nullable String found(Pattern pattern, String text, CallSite site) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            return null;
        }
        int group = matcher.groupCount() > 0 ? 1 : 0;
        int from = matcher.start(group);
        if (from < 0) {
            return null; // the group takes no part in the match
        }
        site.reserveText(matcher.end(group) - from);
        return matcher.group(group);
    }
}
