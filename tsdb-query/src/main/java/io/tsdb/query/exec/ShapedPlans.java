package io.tsdb.query.exec;

import io.tsdb.query.analysis.AnalyzedQuery;
import io.tsdb.query.analysis.AnalyzedSelect;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.PlanShape;
import io.tsdb.query.plan.Planner;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.query.sql.ConditionTexts;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.StatementShape;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Plans queries of a shape that was planned before without reading their whole text: the condition
/// is resolved anew with the strings of now, and becomes the scan of the plan that is known.
///
/// Which plans that is right for is not guessed but tried when one is kept: the condition by itself
/// gives the very scan that the whole plan has, and the plan is the same at another time (`now()`).
/// Whatever is out of the ordinary, an error too, goes the way of all statements. Any thread.
final class ShapedPlans {
    private static final long BYTES_MAX = 4L << 20;

    /// Far from now, and no multiple of a day.
    private static final long ANOTHER_TIME_NANOS = 1_234_567_891_234_567L;

    /// Resolves a query as of a time.
    interface Analysis {
        AnalyzedQuery analyze(Query query, long nowNanos);
    }

    private final Catalog catalog;
    private final PlanCache plans = new PlanCache(BYTES_MAX);

    ShapedPlans(Catalog catalog) {
        this.catalog = catalog;
    }

    /// Plans that are kept.
    int size() {
        return plans.size();
    }

    /// Statements that were planned by one of them.
    long hitCount() {
        return plans.hitCount();
    }

    /// @return null when the statement is to be parsed
    @Nullable PlannedQuery find(
            String database, StatementShape shape, Analysis analysis, long nowNanos) {
        PlanCache.Entry known = plans.find(database, shape);
        if (known == null || !known.version().isNow(schema(database, known.select()))) {
            return null;
        }
        var texts = new HashMap<Position, String>();
        List<Position> places = known.shape().places();
        for (int i = 0; i < places.size(); i++) {
            if (known.open().contains(places.get(i))) {
                texts.put(places.get(i), shape.texts().get(i));
            }
        }
        try {
            ScanSpec scan = scanOf(known.select(), texts, analysis, nowNanos);
            if (scan == null || !PlanShape.isAlike(scan, known.scan())) {
                return null;
            }
            plans.hit();
            return known.over(PlanShape.withScan(known.planned().plan(), scan));
        } catch (QueryException _) {
            return null; // what is wrong is said with its place in this text
        }
    }

    /// Keeps the plan of a query whose shape has come before, if it is of the kind.
    ///
    /// @param version of the measurement before the query was resolved
    void keep(
            String database,
            StatementShape shape,
            Query query,
            PlannedQuery planned,
            PlanCache.Version version,
            Analysis analysis,
            long nowNanos) {
        PlanCache.Entry entry = entry(shape, query, planned, version, analysis, nowNanos);
        if (entry == null) {
            plans.refuse(database, shape);
        } else {
            plans.keep(database, entry);
        }
    }

    /// @return null when the plan is not that of all queries of the shape
    private static PlanCache.@Nullable Entry entry(
            StatementShape shape,
            Query query,
            PlannedQuery planned,
            PlanCache.Version version,
            Analysis analysis,
            long nowNanos) {
        ScanSpec scan = PlanShape.onlyScan(planned.plan());
        if (scan == null
                || !(query.body() instanceof Query.Select select)
                || select.where() == null) {
            return null;
        }
        Map<Position, String> open = openTexts(select.where(), shape);
        long later = nowNanos + ANOTHER_TIME_NANOS;
        boolean isOfShape =
                analysis.analyze(query, later) instanceof AnalyzedSelect again
                        && PlanShape.cannotFail(again)
                        && PlanShape.withScan(Planner.plan(again), scan).equals(planned.plan())
                        && scan.equals(scanOf(select, open, analysis, nowNanos));
        return isOfShape
                ? new PlanCache.Entry(
                        shape, Set.copyOf(open.keySet()), select, planned, scan, version)
                : null;
    }

    /// The version of the measurement that a query reads, when the query is of the kind that may be
    /// kept and comes again.
    PlanCache.@Nullable Version toKeep(
            String database, @Nullable StatementShape shape, Query query) {
        if (shape == null
                || !query.with().isEmpty()
                || !(query.body() instanceof Query.Select select)
                || select.fill() != null
                || select.sampleBy() != null
                || select.where() == null
                || hasQueryInside(shape)
                || !plans.isWanted(database, shape)) {
            return null;
        }
        MeasurementSchema schema = schema(database, select);
        return schema == null ? null : PlanCache.Version.of(schema);
    }

    private static boolean hasQueryInside(StatementShape shape) {
        String text = shape.key().toLowerCase(Locale.ROOT);
        return text.indexOf("select") != text.lastIndexOf("select") || text.contains("values");
    }

    private @Nullable MeasurementSchema schema(String database, Query.Select select) {
        return select.from() instanceof Query.Table(_, String name, _)
                ? catalog.measurement(database, name).orElse(null)
                : null;
    }

    /// Strings that the condition compares something with, by their places in the text.
    private static Map<Position, String> openTexts(Expression where, StatementShape shape) {
        Set<Position> places = new HashSet<>(shape.places());
        var open = new HashMap<Position, String>();
        ConditionTexts.map(
                where,
                literal -> {
                    if (places.contains(literal.position())) {
                        open.put(literal.position(), literal.value());
                    }
                    return literal;
                });
        return open;
    }

    /// What the query reads when its condition has these strings.
    private static @Nullable ScanSpec scanOf(
            Query.Select select, Map<Position, String> texts, Analysis analysis, long nowNanos) {
        Expression where = select.where();
        if (where == null) {
            return null;
        }
        Expression replaced =
                ConditionTexts.map(
                        where,
                        literal -> {
                            String text = texts.get(literal.position());
                            return text == null
                                    ? literal
                                    : new Expression.StringLiteral(literal.position(), text);
                        });
        Position at = select.position();
        var time = new Expression.Item(at, new Expression.Name(at, "time"), null, null, "time");
        var rows = Query.Select.of(at, List.of(time), select.from(), replaced);
        var query = new Query(at, List.of(), rows, List.of(), null, null);
        Plan plan = Planner.plan(analysis.analyze(query, nowNanos));
        return PlanShape.onlyScan(plan);
    }
}
