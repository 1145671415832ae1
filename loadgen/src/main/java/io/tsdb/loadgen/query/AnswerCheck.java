package io.tsdb.loadgen.query;

import io.tsdb.loadgen.query.QuerySpec.Function;
import io.tsdb.loadgen.query.QuerySpec.Shape;
import io.tsdb.loadgen.wire.RowSink;
import io.tsdb.loadgen.wire.SqlDialect;
import io.tsdb.loadgen.wire.SqlRow;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Compares an answer row by row with the right one. Averages may differ by rounding (1e-9 of the
/// value), nothing else may.
public final class AnswerCheck implements RowSink {
    private static final double ROUNDING = 1e-9;

    private final ExpectedAnswer expected;
    private final QuerySpec spec;
    private final SqlDialect dialect;
    private final Set<String> seen = new HashSet<>();
    private final List<Integer> cellColumns = new ArrayList<>();
    private int idColumn;
    private int timeColumn;
    private long rows;
    private String problem = "";

    AnswerCheck(ExpectedAnswer expected, SqlDialect dialect) {
        this.expected = expected;
        this.dialect = dialect;
        spec = expected.spec();
    }

    @Override
    public void columns(List<String> names) {
        if (spec.shape() == Shape.AGGREGATE) {
            int keys = (spec.bucketNanos() > 0 ? 1 : 0) + spec.groupTags().size();
            if (names.size() != keys + spec.aggregates().size()) {
                problem = "columns are " + names;
            }
            for (int c = keys; c < names.size(); c++) {
                cellColumns.add(c);
            }
            return;
        }
        idColumn = names.indexOf(spec.measurement().idTag());
        timeColumn = names.indexOf(dialect.timeColumn());
        for (String field : expected.cellNames()) {
            cellColumns.add(names.indexOf(field));
        }
        if (idColumn < 0
                || (spec.shape() == Shape.ROWS && timeColumn < 0)
                || cellColumns.contains(-1)) {
            problem =
                    "columns are "
                            + names
                            + ", but "
                            + expected.cellNames()
                            + " and the key are needed";
        }
    }

    @Override
    public void row(SqlRow row) {
        rows++;
        if (!problem.isEmpty()) {
            return;
        }
        String key = key(row);
        double[] cells = expected.cells(key);
        if (cells.length == 0 || !seen.add(key)) {
            problem =
                    "row " + row + (cells.length == 0 ? " should not be there" : " is there twice");
            return;
        }
        for (int c = 0; c < cells.length; c++) {
            int column = cellColumns.get(c);
            double found = row.isNull(column) ? Double.NaN : row.number(column);
            boolean rounded =
                    spec.shape() == Shape.AGGREGATE
                            && spec.aggregates().get(c).function() == Function.AVG;
            double tolerance = rounded ? ROUNDING * Math.max(1, Math.abs(cells[c])) : 0;
            boolean same =
                    Double.isNaN(cells[c])
                            ? Double.isNaN(found)
                            : Math.abs(found - cells[c]) <= tolerance;
            if (!same) {
                problem =
                        "row " + row + ": " + expected.cellNames().get(c) + " must be " + cells[c];
                return;
            }
        }
    }

    private String key(SqlRow row) {
        if (spec.shape() == Shape.LATEST) {
            return row.text(idColumn);
        }
        if (spec.shape() == Shape.ROWS) {
            return row.timeNanos(timeColumn) + " " + row.text(idColumn);
        }
        int column = 0;
        StringBuilder key = new StringBuilder();
        if (spec.bucketNanos() > 0) {
            key.append(row.timeNanos(column++)).append(' ');
        }
        for (int g = 0; g < spec.groupTags().size(); g++) {
            String text = row.text(column++);
            key.append(g == 0 ? "" : " ").append(text.isEmpty() ? "null" : text);
        }
        return key.toString();
    }

    /// What is wrong with the answer that was read, or an empty text.
    public String verdict() {
        if (problem.isEmpty() && rows != expected.rowCount()) {
            return "has " + rows + " rows instead of " + expected.rowCount();
        }
        return problem;
    }
}
