package io.tsdb.query.function.scalar;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `regexp_count(s, pattern)`: how often a regular expression is found, one behind the other.
public final class RegexpCountFunction implements ScalarFunction {
    private static final ScalarSignature SIGNATURE =
            new ScalarSignature(List.of(ColumnType.STRING, ColumnType.STRING), ColumnType.INT64);

    @Override
    public String name() {
        return "regexp_count";
    }

    @Override
    public String usage() {
        return "regexp_count(string, 'pattern')";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return SIGNATURE.resolve(arguments);
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        Pattern pattern = null;
        int id = -1;
        for (int i = 0; i < rowCount; i++) {
            if (result.isPresent(i)) {
                if (pattern == null || arguments[1].ids()[i] != id) {
                    id = arguments[1].ids()[i];
                    pattern = Pattern.compile(arguments[1].string(i));
                }
                Matcher matcher = pattern.matcher(arguments[0].string(i));
                long count = 0;
                while (matcher.find()) {
                    count++;
                }
                result.longs()[i] = count;
            }
        }
    }
}
