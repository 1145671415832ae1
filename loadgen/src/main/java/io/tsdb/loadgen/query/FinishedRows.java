package io.tsdb.loadgen.query;

import io.tsdb.loadgen.wire.RowSink;
import io.tsdb.loadgen.wire.SqlRow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads the answer of a server that has finished a question itself ([FinishText]): texts, then a
/// number.
final class FinishedRows implements RowSink {
    private final Map<List<String>, Double> result = new HashMap<>();
    private String twice = "";

    @Override
    public void columns(List<String> names) {
        // the last one is the number
    }

    @Override
    public void row(SqlRow row) {
        var key = new ArrayList<String>();
        for (int i = 0; i < row.columns() - 1; i++) {
            key.add(row.text(i));
        }
        if (result.put(List.copyOf(key), row.number(row.columns() - 1)) != null) {
            twice = "row " + row + " is there twice";
        }
    }

    /// As [ClientFinish#result()].
    Map<List<String>, Double> result() {
        return result;
    }

    /// What is wrong, or an empty text.
    String verdict(Map<List<String>, Double> expected) {
        if (!twice.isEmpty()) {
            return twice;
        }
        if (result.size() != expected.size()) {
            return "has " + result.size() + " rows instead of " + expected.size();
        }
        for (Map.Entry<List<String>, Double> right : expected.entrySet()) {
            Double found = result.get(right.getKey());
            double tolerance = 1e-9 * Math.max(1, Math.abs(right.getValue()));
            if (found == null || !(Math.abs(found - right.getValue()) <= tolerance)) {
                return "row " + right.getKey() + " must be " + right.getValue() + ", is " + found;
            }
        }
        return "";
    }
}
