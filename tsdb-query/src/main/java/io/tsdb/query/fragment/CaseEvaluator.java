package io.tsdb.query.fragment;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.DictionaryMapper;

/// `CASE`: each condition is evaluated over the rows that those before it left open, each result
/// over the rows that chose it.
final class CaseEvaluator implements Evaluator {
    private final Evaluator[] conditions;
    private final Evaluator[] results;
    private final SelectedRows part = new SelectedRows();
    private final SelectedRows chosenPart = new SelectedRows();
    private final DictionaryMapper texts;
    private final ColumnVector result;
    private final int[] open = new int[ColumnVector.ROWS_MAX];
    private final int[] chosen = new int[ColumnVector.ROWS_MAX];
    private final int[] picks = new int[ColumnVector.ROWS_MAX];

    /// @param results one more than conditions
    CaseEvaluator(
            Evaluator[] conditions, Evaluator[] results, ColumnType type, MemoryAccount memory) {
        this.conditions = conditions;
        this.results = results;
        this.texts = new DictionaryMapper(memory);
        this.result = new ColumnVector(type);
    }

    @Override
    public ColumnVector evaluate(RowWindow rows) {
        begin(rows.rowCount());
        int openCount = rows.rowCount();
        for (int i = 0; i < conditions.length && openCount > 0; i++) {
            part.select(rows, open, openCount);
            ColumnVector holds = conditions[i].evaluate(part);
            int chosenCount = holds.selectTrue(openCount, picks);
            if (chosenCount == 0) {
                continue;
            }
            for (int j = 0; j < chosenCount; j++) {
                chosen[j] = open[picks[j]];
            }
            openCount = without(openCount, chosenCount);
            write(results[i], rows, chosen, chosenCount);
        }
        if (openCount > 0) {
            write(results[conditions.length], rows, open, openCount);
        }
        if (result.type() == ColumnType.STRING) {
            result.setDictionary(texts.target());
        }
        return result;
    }

    private void begin(int rowCount) {
        for (int i = 0; i < rowCount; i++) {
            open[i] = i;
        }
        result.setAllPresent();
        if (result.type() == ColumnType.STRING) {
            texts.rotateIfLarge();
            texts.target().idOf("");
        }
    }

    /// Drops the picked rows from those that are open.
    private int without(int openCount, int pickCount) {
        int kept = 0;
        int pick = 0;
        for (int i = 0; i < openCount; i++) {
            if (pick < pickCount && picks[pick] == i) {
                pick++;
            } else {
                open[kept++] = open[i];
            }
        }
        return kept;
    }

    private void write(Evaluator evaluator, RowWindow rows, int[] selection, int count) {
        chosenPart.select(rows, selection, count);
        ColumnVector values = evaluator.evaluate(chosenPart);
        switch (result.type()) {
            case TIMESTAMP, INT64, UINT64, BOOL -> {
                for (int i = 0; i < count; i++) {
                    result.longs()[selection[i]] = values.longs()[i];
                }
            }
            case FLOAT64 -> {
                for (int i = 0; i < count; i++) {
                    result.doubles()[selection[i]] = values.doubles()[i];
                }
            }
            case STRING -> {
                int[] map = texts.map(values, 0, count);
                for (int i = 0; i < count; i++) {
                    result.ids()[selection[i]] = Math.max(0, map[values.ids()[i]]);
                }
            }
        }
        if (!values.allPresent()) {
            for (int i = 0; i < count; i++) {
                if (!values.isPresent(i)) {
                    result.setNull(selection[i]);
                }
            }
        }
    }
}
