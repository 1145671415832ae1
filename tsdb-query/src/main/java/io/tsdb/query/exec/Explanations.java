package io.tsdb.query.exec;

import io.tsdb.query.analysis.AnalyzedQuery;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.PlanText;
import io.tsdb.query.plan.Planner;
import io.tsdb.query.sql.Query;
import io.tsdb.storage.model.Ticker;

import java.util.ArrayList;
import java.util.List;

/// `EXPLAIN` and `EXPLAIN ANALYZE`. Any thread.
final class Explanations {
    private final QueryPlanning planning;
    private final FragmentRunner runner;
    private final Ticker ticker;

    Explanations(QueryPlanning planning, FragmentRunner runner, Ticker ticker) {
        this.planning = planning;
        this.runner = runner;
        this.ticker = ticker;
    }

    StreamedResult explain(
            Query query, Session session, QueryControl control, MetadataQueries metadata) {
        Plan plan = Planner.plan(planning.analyze(query, session, control));
        var rows = new ArrayList<List<String>>();
        PlanText.lines(plan).forEach(line -> rows.add(List.of(line)));
        return metadata.texts(List.of("plan"), rows);
    }

    /// Runs the query and throws its rows away.
    StreamedResult analyze(
            Query query, Session session, QueryControl control, MetadataQueries metadata) {
        long began = ticker.nanos();
        AnalyzedQuery analyzed = planning.analyze(query, session, control);
        planning.checkWidth(analyzed, query.position(), control);
        Plan plan = Planner.plan(analyzed);
        control.memory().account().reserve(analyzed.expressionCount() * QueryEngine.VECTOR_BYTES);
        long planned = ticker.nanos();
        var profile = new PlanProfile(ticker);
        long rowCount = 0;
        try (BatchSource source = new PlanRunner(runner, control, profile).start(plan)) {
            for (ColumnBatch batch = source.next(); batch != null; batch = source.next()) {
                control.check();
                rowCount += batch.rowCount();
            }
        }
        long ended = ticker.nanos();
        var rows = new ArrayList<List<String>>();
        PlanText.lines(plan, profile).forEach(line -> rows.add(List.of(line)));
        rows.add(
                List.of(
                        "planned in "
                                + PlanProfile.millis(planned - began)
                                + ", with queries in expressions; run in "
                                + PlanProfile.millis(ended - planned)
                                + "; "
                                + rowCount
                                + " rows, at most "
                                + control.memory().heldBytesMax()
                                + " bytes of memory"));
        return metadata.texts(List.of("plan"), rows);
    }
}
