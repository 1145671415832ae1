package io.tsdb.query.exec;

import io.tsdb.query.analysis.AnalyzedQuery;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.SubQueries;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.Planner;

import java.util.ArrayList;
import java.util.List;

/// Runs the queries that stand in the expressions of a statement, within the statement's limits.
final class SubQueryRunner implements SubQueries {
    /// About what a constant takes.
    private static final long CONSTANT_BYTES = 64;

    private final FragmentRunner fragments;
    private final QueryControl control;

    SubQueryRunner(FragmentRunner fragments, QueryControl control) {
        this.fragments = fragments;
        this.control = control;
    }

    @Override
    public List<Constant> values(AnalyzedQuery query) {
        return run(new Plan.Distinct(Planner.plan(query)));
    }

    @Override
    public List<Constant> first(AnalyzedQuery query, int rowsMax) {
        return run(Planner.limited(query, rowsMax));
    }

    private List<Constant> run(Plan plan) {
        var constants = new ArrayList<Constant>();
        MemoryAccount memory = control.memory().account();
        try (BatchSource rows = new PlanRunner(fragments, control).start(plan)) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                for (int row = 0; row < batch.rowCount(); row++) {
                    Constant constant = constant(batch.column(0), row);
                    constants.add(constant);
                    memory.reserve(
                            CONSTANT_BYTES
                                    + (constant.value() instanceof String text
                                            ? 2L * text.length()
                                            : 0));
                }
                control.checkGroups(constants.size());
            }
        }
        return constants;
    }

    private static Constant constant(ColumnVector column, int row) {
        if (!column.isPresent(row)) {
            return new Constant(column.type(), null);
        }
        return new Constant(
                column.type(),
                switch (column.type()) {
                    case TIMESTAMP, INT64, UINT64 -> (Object) column.longs()[row];
                    case FLOAT64 -> (Object) column.doubles()[row];
                    case BOOL -> (Object) (column.longs()[row] != 0);
                    case STRING -> column.string(row);
                });
    }
}
