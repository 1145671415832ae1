package io.tsdb.query.exec;

import io.tsdb.query.analysis.AnalyzedQuery;
import io.tsdb.query.analysis.Parameters;
import io.tsdb.query.analysis.QueryAnalyzer;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Planner;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.StatementShape;
import io.tsdb.storage.schema.Catalog;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;

/// Queries as plans: names resolved as of now, or by the plan of a query of the same shape. Any
/// thread.
final class QueryPlanning {
    /// About what an expression takes while a statement runs: vectors in a few places.
    private static final long EXPRESSION_BYTES = 4L * Long.BYTES * ColumnVector.ROWS_MAX;

    private final Catalog catalog;
    private final FragmentRunner runner;
    private final InstantSource clock;
    private final ShapedPlans shaped;

    /// @param runner for queries in expressions
    /// @param clock what `now()` is
    QueryPlanning(Catalog catalog, FragmentRunner runner, InstantSource clock) {
        this.catalog = catalog;
        this.runner = runner;
        this.clock = clock;
        this.shaped = new ShapedPlans(catalog);
    }

    /// Plans that are kept.
    int shapedCount() {
        return shaped.size();
    }

    /// Statements that were planned by one of them.
    long shapedHitCount() {
        return shaped.hitCount();
    }

    /// The plan of a query whose like was planned before; null when it is to be parsed.
    @Nullable PlannedQuery known(StatementShape shape, Session session, QueryControl control) {
        return shaped.find(
                session.database(),
                shape,
                (asked, now) -> analyze(asked, session, control, now),
                nowNanos());
    }

    /// @param shape of the statement; null for one whose plan is not to be kept
    PlannedQuery planned(
            Query query,
            @Nullable StatementShape shape,
            Position position,
            Session session,
            QueryControl control) {
        PlanCache.Version version = shaped.toKeep(session.database(), shape, query);
        PlannedQuery planned = planned(query, position, session, control);
        if (shape != null && version != null) {
            shaped.keep(
                    session.database(),
                    shape,
                    query,
                    planned,
                    version,
                    (asked, now) -> analyze(asked, session, control, now),
                    nowNanos());
        }
        return planned;
    }

    private PlannedQuery planned(
            Query query, Position position, Session session, QueryControl control) {
        AnalyzedQuery analyzed = analyze(query, session, control);
        var columns = new ArrayList<ResultColumn>();
        analyzed.columns()
                .forEach(column -> columns.add(new ResultColumn(column.name(), column.type())));
        checkWidth(analyzed, position, control);
        return new PlannedQuery(columns, Planner.plan(analyzed), analyzed.expressionCount());
    }

    /// Every expression and every column of the answer takes vectors of its own, at each shard and
    /// at the merge: a statement of many is refused before they are made.
    void checkWidth(AnalyzedQuery query, Position position, QueryControl control) {
        long most = Math.max(1, control.memory().bytesMax() / EXPRESSION_BYTES);
        int count = query.expressionCount();
        if (count > most) {
            throw new QueryException(
                    QueryErrorCode.LIMIT_EXCEEDED,
                    position,
                    "the statement has "
                            + count
                            + " columns and operators; the memory limit of a query has room for "
                            + most);
        }
    }

    AnalyzedQuery analyze(Query query, Session session, QueryControl control) {
        return analyze(query, session, control, nowNanos());
    }

    private AnalyzedQuery analyze(
            Query query, Session session, QueryControl control, long nowNanos) {
        return new QueryAnalyzer(
                        new DatabaseMeasurements(catalog, session.database(), control.memory()),
                        new Parameters(session.parameters()),
                        new SubQueryRunner(runner, control),
                        nowNanos,
                        session.timeZone())
                .analyze(query);
    }

    private long nowNanos() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
