package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.List;
import java.util.Optional;

/// `a || b || ...`: the texts one after the other; null when one is. A chain of any length is one
/// call, so no text is made that is only part of the outcome.
public final class ConcatFunction implements ScalarFunction {
    @Override
    public String name() {
        return "||";
    }

    @Override
    public String usage() {
        return "string || string";
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return arguments.size() >= 2 && arguments.stream().allMatch(t -> t == ColumnType.STRING)
                ? Optional.of(new ScalarSignature(arguments, ColumnType.STRING))
                : Optional.empty();
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        var rows = new TextRows(rowCount, result);
        int before = -1;
        String text = "";
        for (int row = 0; row < rowCount; row++) {
            if (!result.isPresent(row)) {
                rows.put(row, null);
                continue;
            }
            if (before < 0 || !isSame(arguments, before, row)) {
                text = join(arguments, row, site);
                before = row;
            }
            rows.put(row, text);
        }
        rows.finish();
    }

    private static boolean isSame(ColumnVector[] arguments, int a, int b) {
        for (ColumnVector argument : arguments) {
            if (argument.ids()[a] != argument.ids()[b]) {
                return false;
            }
        }
        return true;
    }

    private static String join(ColumnVector[] arguments, int row, CallSite site) {
        long length = 0;
        for (ColumnVector argument : arguments) {
            length += argument.string(row).length();
        }
        // built, then copied
        site.reserveText(length);
        site.reserveText(length);
        var text = new StringBuilder((int) length);
        for (ColumnVector argument : arguments) {
            text.append(argument.string(row));
        }
        return text.toString();
    }
}
