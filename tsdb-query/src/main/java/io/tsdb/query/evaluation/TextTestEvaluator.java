package io.tsdb.query.evaluation;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.StringDictionary;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Tests a column of strings: each string of its dictionary once, and only those that occur.
/// Outcomes for a dictionary that keeps its ids are kept from batch to batch.
final class TextTestEvaluator implements Evaluator {
    private static final byte UNKNOWN = 0;
    private static final byte HOLDS = 1;
    private static final byte FAILS = 2;

    private final Evaluator operand;
    private final TextTest test;
    private final boolean negated;
    private final MemoryAccount memory;
    private final ColumnVector result = new ColumnVector(ColumnType.BOOL);
    private byte[] outcomes = new byte[64];
    private @Nullable StringDictionary source;

    TextTestEvaluator(Evaluator operand, TextTest test, boolean negated, MemoryAccount memory) {
        this.operand = operand;
        this.test = test;
        this.negated = negated;
        this.memory = memory;
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        ColumnVector values = operand.evaluate(rows);
        prepare(values);
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

    private void prepare(ColumnVector values) {
        int size = Math.max(1, values.dictionarySize());
        if (outcomes.length < size) {
            int length = (int) Math.min(Integer.MAX_VALUE - 8, 2L * size);
            memory.reserve(length - outcomes.length);
            outcomes = Arrays.copyOf(outcomes, length);
        }
        StringDictionary now = values.dictionarySource();
        if (now == null || now != source) {
            // of a dictionary that grows, also what is behind its present end
            Arrays.fill(outcomes, 0, now == null ? size : outcomes.length, UNKNOWN);
            source = now;
        }
    }
}
