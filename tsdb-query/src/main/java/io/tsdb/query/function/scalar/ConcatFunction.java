package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.Position;

import java.util.List;
import java.util.Optional;

/// `a || b`: both texts, one after the other; null when one is.
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
        return arguments.equals(List.of(ColumnType.STRING, ColumnType.STRING))
                ? Optional.of(new ScalarSignature(arguments, ColumnType.STRING))
                : Optional.empty();
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, Position position) {
        var strings = new String[rowCount + 1];
        int size = 0;
        int leftBefore = -1;
        int rightBefore = -1;
        for (int i = 0; i < rowCount; i++) {
            int left = arguments[0].ids()[i];
            int right = arguments[1].ids()[i];
            if (!result.isPresent(i)) {
                result.ids()[i] = 0;
            } else if (left == leftBefore && right == rightBefore) {
                result.ids()[i] = size - 1;
            } else {
                strings[size] = arguments[0].dictionary()[left] + arguments[1].dictionary()[right];
                result.ids()[i] = size++;
                leftBefore = left;
                rightBefore = right;
            }
        }
        strings[size] = "";
        result.setDictionary(strings, size + 1);
    }
}
