package io.tsdb.query.exec;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.query.plan.Plan;

import org.jspecify.annotations.Nullable;

/// Rows of constants.
final class ValuesSource implements BatchSource {
    private final Plan.Values plan;
    private final ColumnBatch output;
    private final StringDictionary texts;
    private int written;

    ValuesSource(Plan.Values plan, QueryMemory memory) {
        this.plan = plan;
        this.texts = new StringDictionary(memory.account());
        this.output = new ColumnBatch(plan.types());
        texts.idOf("");
    }

    @Override
    public @Nullable ColumnBatch next() {
        int count = Math.min(ColumnVector.ROWS_MAX, plan.rows().size() - written);
        if (count <= 0) {
            return null;
        }
        for (int i = 0; i < output.columnCount(); i++) {
            ColumnVector column = output.column(i);
            column.setAllPresent();
            for (int row = 0; row < count; row++) {
                set(column, row, plan.rows().get(written + row).get(i));
            }
            if (column.type() == ColumnType.STRING) {
                column.setDictionary(texts);
            }
        }
        output.setRowCount(count);
        written += count;
        return output;
    }

    private void set(ColumnVector column, int row, Constant constant) {
        switch (constant.value()) {
            case null -> {
                if (column.type() == ColumnType.STRING) {
                    column.ids()[row] = 0;
                }
                column.setNull(row);
            }
            case Long number -> column.longs()[row] = number;
            case Double number -> column.doubles()[row] = number;
            case Boolean bool -> column.longs()[row] = bool ? 1 : 0;
            case String text -> column.ids()[row] = texts.idOf(text);
            default -> throw new IllegalStateException("BUG: constant " + constant);
        }
    }

    @Override
    public void close() {
        // holds nothing
    }
}
