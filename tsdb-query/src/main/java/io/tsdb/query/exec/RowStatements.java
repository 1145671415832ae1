package io.tsdb.query.exec;

import io.tsdb.query.analysis.AnalyzedInsert;
import io.tsdb.query.analysis.AnalyzedQuery;
import io.tsdb.query.analysis.InsertAnalyzer;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.Planner;
import io.tsdb.query.rows.RowStore;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.Statement;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// `INSERT` and `DELETE`: statements that change rows, found or made by a query. Any thread.
final class RowStatements {
    private final Catalog catalog;
    private final DatabaseControl databases;
    private final FragmentRunner runner;
    private final QueryPlanning planning;

    RowStatements(
            Catalog catalog,
            DatabaseControl databases,
            FragmentRunner runner,
            QueryPlanning planning) {
        this.catalog = catalog;
        this.databases = databases;
        this.runner = runner;
        this.planning = planning;
    }

    /// As [QueryEngine#delete].
    long delete(
            List<String> measurements,
            Function<MeasurementSchema, Expression> condition,
            Session session,
            QueryControl control) {
        String database = session.database();
        var from = new LinkedHashSet<MeasurementSchema>();
        if (measurements.isEmpty()) {
            from.addAll(catalog.measurements(database).values());
        }
        for (String name : measurements) {
            catalog.measurement(database, name).ifPresent(from::add);
        }
        // what is wrong is found before anything is deleted
        var conditions = new LinkedHashMap<MeasurementSchema, Expression>();
        from.forEach(one -> conditions.put(one, condition.apply(one)));
        long deleted = 0;
        for (Map.Entry<MeasurementSchema, Expression> one : conditions.entrySet()) {
            var name = new Statement.MeasurementName(Position.NONE, one.getKey().name());
            var delete = new Statement.Delete(Position.NONE, name, one.getValue());
            deleted += deleteRows(delete, session, control);
        }
        return deleted;
    }

    StreamedResult delete(Statement.Delete delete, Session session, QueryControl control) {
        return CountSource.result(
                List.of("deleted"), control, deleteRows(delete, session, control));
    }

    /// Finds the rows as a `SELECT` with the same `WHERE` would.
    private long deleteRows(Statement.Delete delete, Session session, QueryControl control) {
        Position at = delete.position();
        Statement.MeasurementName from = delete.measurement();
        var time = new Expression.Name(at, "time");
        var select =
                Query.Select.of(
                        at,
                        List.of(new Expression.Item(at, time, null, null, "time")),
                        new Query.Table(from.position(), from.name(), null),
                        delete.where());
        AnalyzedQuery analyzed =
                planning.analyze(
                        new Query(at, List.of(), select, List.of(), null, null), session, control);
        planning.checkWidth(analyzed, at, control);
        if (!(Planner.plan(analyzed) instanceof Plan.Gather(Fragment.Rows rows))) {
            throw new IllegalStateException("BUG: a DELETE that is no scan: " + select);
        }
        return databases.delete(rows.scan(), control);
    }

    /// Computes all rows first, then writes them: what the query reads is not what it writes, and
    /// one that fails writes nothing.
    StreamedResult insert(Statement.Insert insert, Session session, QueryControl control) {
        String database = session.database();
        MetadataQueries.requireDatabase(catalog, database, insert.measurement().position());
        AnalyzedQuery query = planning.analyze(insert.query(), session, control);
        AnalyzedInsert analyzed =
                new InsertAnalyzer(
                                database,
                                insert,
                                catalog.measurement(database, insert.measurement().name()),
                                query,
                                session.timeZone())
                        .analyze();
        AnalyzedQuery from = analyzed.rows();
        planning.checkWidth(from, insert.position(), control);
        var rows =
                new RowStore(
                        from.columns().stream().map(AnalyzedQuery.Column::type).toList(),
                        control.memory().account());
        control.memory().account().reserve(from.expressionCount() * QueryEngine.VECTOR_BYTES);
        try (BatchSource source = new PlanRunner(runner, control).start(Planner.plan(from))) {
            for (ColumnBatch batch = source.next(); batch != null; batch = source.next()) {
                control.check();
                rows.append(batch.columns(), 0, batch.rowCount());
            }
        }
        long count = rows.size() == 0 ? 0 : databases.insert(analyzed, rows, control);
        return CountSource.result(List.of("inserted"), control, count);
    }
}
