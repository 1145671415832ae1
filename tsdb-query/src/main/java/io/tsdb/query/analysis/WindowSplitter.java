package io.tsdb.query.analysis;

import io.tsdb.query.analysis.AnalyzedSelect.Windows;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.analysis.BoundExpression.WindowCall;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Splits expressions into what is computed before windows, the calls over windows, and what is
/// computed of both. First all expressions are collected, then each is rewritten.
final class WindowSplitter {
    private final Map<BoundExpression, Integer> columns = new LinkedHashMap<>();
    private final Map<WindowCall, Integer> calls = new LinkedHashMap<>();

    void collect(BoundExpression expression) {
        if (expression instanceof WindowCall call) {
            calls.putIfAbsent(call, calls.size());
            call.arguments().forEach(this::addColumn);
            call.window().expressions().forEach(this::addColumn);
        } else if (ExpressionTree.hasWindow(expression)) {
            ExpressionTree.children(expression).forEach(this::collect);
        } else if (!(expression instanceof Constant)) {
            addColumn(expression);
        }
    }

    private void addColumn(BoundExpression expression) {
        columns.putIfAbsent(expression, columns.size());
    }

    boolean hasCalls() {
        return !calls.isEmpty();
    }

    /// The expression over the columns and calls of [#windows()].
    BoundExpression overWindows(BoundExpression expression) {
        if (expression instanceof WindowCall call) {
            Integer index = calls.get(call);
            if (index == null) {
                throw new IllegalStateException("BUG: " + call + " was not collected");
            }
            return new Input(columns.size() + index, call.type(), ExpressionText.of(call));
        }
        if (ExpressionTree.hasWindow(expression)) {
            return ExpressionTree.mapChildren(expression, this::overWindows);
        }
        return expression instanceof Constant ? expression : column(expression);
    }

    private BoundExpression column(BoundExpression expression) {
        Integer index = columns.get(expression);
        if (index == null) {
            throw new IllegalStateException("BUG: " + expression + " was not collected");
        }
        return new Input(index, expression.type(), ExpressionText.of(expression));
    }

    Windows windows() {
        var over = new ArrayList<WindowCall>();
        for (WindowCall call : calls.keySet()) {
            over.add((WindowCall) ExpressionTree.mapChildren(call, this::column));
        }
        return new Windows(List.copyOf(columns.keySet()), over);
    }
}
