package io.tsdb.query.fragment;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;

import java.util.Arrays;

/// Tests a column of strings: each string of its dictionary once, and only those that occur.
final class TextTestEvaluator implements Evaluator {
    private static final byte UNKNOWN = 0;
    private static final byte HOLDS = 1;
    private static final byte FAILS = 2;

    private final Evaluator operand;
    private final TextTest test;
    private final boolean negated;
    private final ColumnVector result = new ColumnVector(ColumnType.BOOL);
    private byte[] outcomes = new byte[64];

    TextTestEvaluator(Evaluator operand, TextTest test, boolean negated) {
        this.operand = operand;
        this.test = test;
        this.negated = negated;
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        ColumnVector values = operand.evaluate(rows);
        int size = Math.max(1, values.dictionarySize());
        if (outcomes.length < size) {
            outcomes = new byte[2 * size];
        }
        Arrays.fill(outcomes, 0, size, UNKNOWN);
        String[] strings = values.dictionary();
        int[] ids = values.ids();
        long[] results = result.longs();
        int count = rows.rowCount();
        for (int i = 0; i < count; i++) {
            if (!values.isPresent(i)) {
                continue;
            }
            int id = ids[i];
            if (outcomes[id] == UNKNOWN) {
                outcomes[id] = test.holds(strings[id]) != negated ? HOLDS : FAILS;
            }
            results[i] = outcomes[id] == HOLDS ? 1 : 0;
        }
        result.copyPresence(values);
        return result;
    }
}
