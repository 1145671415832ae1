package io.tsdb.query.exec;

import io.tsdb.query.analysis.AnalyzedInsert;
import io.tsdb.query.analysis.AnalyzedQuery;
import io.tsdb.query.analysis.InsertAnalyzer;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.QueryCancellation;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.PlanText;
import io.tsdb.query.plan.Planner;
import io.tsdb.query.rows.RowStore;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.SqlParser;
import io.tsdb.query.sql.Statement;
import io.tsdb.query.sql.StatementShape;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Runs SQL statements. Any thread; holds no state of its queries.
///
/// ```
/// try (QueryResult result = engine.execute(request)) {
///     for (ResultBatch batch = result.next(); batch != null; batch = result.next()) {
///         long[] times = batch.longs(0);
///         ...
///     }
/// }
/// ```
public final class QueryEngine {
    /// What is reserved for an expression before its plan runs; the rest by whoever makes the
    /// vectors.
    private static final long VECTOR_BYTES = ColumnVector.MEMORY_BYTES;

    /// A query's operators and threads, and the pieces of its answer that wait for the client.
    private static final long START_BYTES = 512 << 10;

    /// What the trees of a statement take at most for a character of its text.
    private static final long TREE_BYTES = 200;

    /// One part of so many of that is held while the query runs.
    private static final long TREE_KEPT_SHARE = 4;

    /// For statements that list or stop queries, so that they run when the queries hold all else.
    private static final long RESERVE_BYTES = 16L << 20;

    private static final Duration RESERVE_WAIT = Duration.ofSeconds(10);

    private static final Pattern ABOUT_QUERIES =
            Pattern.compile("(?i)\\s*(SHOW\\s+QUERIES|CANCEL)\\b");

    private final Catalog catalog;
    private final FragmentRunner runner;
    private final DatabaseControl databases;
    private final InstantSource clock;
    private final Ticker ticker;
    private volatile QueryLimits limits;
    private final MemoryBudget budget;
    private final MemoryBudget reserve = new MemoryBudget(RESERVE_BYTES, RESERVE_WAIT);
    private final RunningQueries running = new RunningQueries();
    private final QueryPlanning planning;

    /// @param clock what `now()` is
    /// @param ticker for how long a query may take, and took
    /// @param budget of the node, shared by all that run queries on it
    public QueryEngine(
            Catalog catalog,
            FragmentRunner runner,
            DatabaseControl databases,
            InstantSource clock,
            Ticker ticker,
            QueryLimits limits,
            MemoryBudget budget) {
        this.catalog = catalog;
        this.runner = runner;
        this.databases = databases;
        this.clock = clock;
        this.ticker = ticker;
        this.limits = limits;
        this.budget = budget;
        this.planning = new QueryPlanning(catalog, runner, clock, () -> this.limits.memoryBytes());
    }

    /// Other limits, for statements that begin from now on.
    public void limits(QueryLimits changed) {
        limits = changed;
    }

    /// Starts a statement. Its time limit counts from here; rows are computed as they are pulled.
    ///
    /// @throws QueryException when the statement is wrong; what goes wrong later is thrown by
    ///   [QueryResult#next()]
    public QueryResult execute(QueryRequest request) {
        return entered(request, entry -> started(request, entry));
    }

    /// The plan of a query: to be run here or, as bytes, on another node.
    ///
    /// @throws QueryException when the statement is wrong, or no query
    public PlannedQuery plan(QueryRequest request) {
        QueryControl control = control(request, budget);
        try {
            if (SqlParser.parse(request.sql()) instanceof Statement.Select(var at, Query query)) {
                return planning.planned(query, null, at, request, control);
            }
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED, Position.NONE, "only queries have a plan");
        } catch (CorruptDataException e) {
            throw damaged(e);
        } finally {
            control.memory().close();
        }
    }

    /// Runs a plan, as [#execute] runs the query that it is of.
    ///
    /// @param request whose plan it is, and what stops it; its text is what `SHOW QUERIES` shows
    public QueryResult run(PlannedQuery query, QueryRequest request) {
        return entered(
                request,
                entry -> {
                    QueryControl control = control(request, budget);
                    entry.heldBytes(control.memory()::heldBytes);
                    return stream(query, control);
                });
    }

    private QueryResult entered(
            QueryRequest request, Function<RunningQueries.Running, StreamedResult> start) {
        RunningQueries.Running entry = running.enter(request, clock.instant());
        boolean started = false;
        try {
            StreamedResult result = start.apply(entry);
            started = true;
            entry.heldBytes(result::heldBytes);
            return new RunningResult(result, entry, running);
        } finally {
            if (!started) {
                running.leave(entry);
            }
        }
    }

    private StreamedResult started(QueryRequest request, RunningQueries.Running entry) {
        long textBytes = TREE_BYTES * Math.min(request.sql().length(), SqlParser.LENGTH_MAX);
        QueryControl control = control(request, isAboutQueries(request) ? reserve : budget);
        boolean started = false;
        try {
            StreamedResult result = null;
            while (result == null) {
                entry.heldBytes(control.memory()::heldBytes);
                result = start(request, textBytes, control, entry);
                if (result == null) {
                    control = control.again();
                }
            }
            started = true;
            return result;
        } finally {
            if (!started) {
                control.memory().close();
            }
        }
    }

    /// Whether a statement lists or stops others, and so must not wait for the memory that they
    /// hold.
    private static boolean isAboutQueries(QueryRequest request) {
        return ABOUT_QUERIES.matcher(request.sql()).lookingAt();
    }

    /// @return null when a query has to give its memory up to others before it has a result, as one
    ///   whose expressions hold queries: it changed nothing, and can begin anew
    private @Nullable StreamedResult start(
            QueryRequest request,
            long textBytes,
            QueryControl control,
            RunningQueries.Running entry) {
        MemoryAccount trees = control.memory().account();
        trees.reserve(textBytes);
        StatementShape shape = ShapedPlans.shapeOf(request);
        PlannedQuery known = shape == null ? null : planning.known(shape, request, control);
        Statement statement = known == null ? SqlParser.parse(request.sql()) : null;
        StreamedResult result;
        try {
            result =
                    known != null
                            ? stream(known, control)
                            : run(
                                    Objects.requireNonNull(statement),
                                    shape,
                                    request,
                                    control,
                                    entry);
        } catch (CorruptDataException e) {
            throw damaged(e);
        } catch (QueryException e) {
            boolean isQuery =
                    statement == null
                            || statement instanceof Statement.Select
                            || statement instanceof Statement.Explain;
            if (e.code() == QueryErrorCode.MEMORY_BUSY && isQuery) {
                return null;
            }
            throw e;
        }
        // what the operators hold of the statement is far less than what parsing took
        trees.release(textBytes - textBytes / TREE_KEPT_SHARE);
        return result;
    }

    /// Never an answer without the rows that cannot be read.
    static QueryException damaged(CorruptDataException cause) {
        return new QueryException(
                QueryErrorCode.DAMAGED_DATA, Position.NONE, String.valueOf(cause.getMessage()));
    }

    private QueryControl control(QueryRequest request, MemoryBudget from) {
        return new QueryControl(
                request.cancellation(),
                ticker,
                limits.timeout(),
                limits.groups(),
                from,
                START_BYTES + request.parameterBytes(),
                limits.memoryBytes(),
                request.consistency().orElse(Consistency.STRONG));
    }

    private StreamedResult run(
            Statement statement,
            @Nullable StatementShape shape,
            QueryRequest request,
            QueryControl control,
            RunningQueries.Running entry) {
        var metadata = new MetadataQueries(catalog, runner, control);
        return switch (statement) {
            case Statement.Select(Position at, Query query) ->
                    stream(planning.planned(query, shape, at, request, control), control);
            case Statement.Explain(_, Query query, boolean analyze) ->
                    analyze
                            ? explainAnalyze(query, request, control, metadata)
                            : explain(query, request, control, metadata);
            case Statement.CreateDatabase create -> changes(metadata).create(create);
            case Statement.DropDatabase drop -> changes(metadata).drop(drop);
            case Statement.DropMeasurement drop -> {
                requireDatabase(request.database(), drop.position());
                yield changes(metadata).drop(request.database(), drop);
            }
            case Statement.AlterDatabase alter -> changes(metadata).alter(alter);
            case Statement.AlterMeasurement alter -> {
                requireDatabase(request.database(), alter.position());
                yield changes(metadata).alter(request.database(), alter);
            }
            case Statement.ShowRetention s -> {
                requireDatabase(request.database(), s.position());
                yield metadata.retention(request.database());
            }
            case Statement.Insert insert -> insert(insert, request, control);
            case Statement.Delete delete -> delete(delete, request, control);
            case Statement.ShowQueries _ ->
                    metadata.queries(running.seenBy(request.caller()), entry, clock.instant());
            case Statement.CancelQuery cancel -> cancel(cancel, request, metadata);
            case Statement.Backup backup -> backup(backup, control);
            case Statement.Export export -> export(export, request, control);
            case Statement.ShowDatabases _ -> metadata.databases();
            case Statement.ShowMeasurements s -> {
                requireDatabase(request.database(), s.position());
                yield metadata.measurements(request.database());
            }
            case Statement.ShowTagKeys s ->
                    metadata.tagKeys(measurements(s.measurement(), request, s.position()));
            case Statement.ShowFieldKeys s ->
                    metadata.fieldKeys(measurements(s.measurement(), request, s.position()));
            case Statement.ShowColumns s ->
                    metadata.columns(measurements(s.measurement(), request, s.position()));
            case Statement.ShowTagValues s ->
                    metadata.tagValues(
                            s.key(), measurements(s.measurement(), request, s.position()));
            case Statement.ShowSeries s ->
                    metadata.series(measurements(s.measurement(), request, s.position()));
            case Statement.ShowCardinality s ->
                    metadata.cardinality(
                            measurements(s.measurement(), request, s.position()),
                            s.tag(),
                            s.first());
        };
    }

    private StreamedResult stream(PlannedQuery query, QueryControl control) {
        long vectorBytes = query.expressionCount() * VECTOR_BYTES;
        return new StreamedResult(
                query.columns(),
                at -> {
                    at.memory().account().reserve(vectorBytes);
                    return new PlanRunner(runner, at).start(query.plan());
                },
                limits.resultRows(),
                control);
    }

    private StreamedResult cancel(
            Statement.CancelQuery cancel, QueryRequest request, MetadataQueries metadata) {
        if (!running.cancel(cancel.id(), request.caller())) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    cancel.position(),
                    "no query "
                            + cancel.id()
                            + " runs that you may cancel; SHOW QUERIES lists those with their ids");
        }
        return metadata.texts(List.of("status"), List.of(List.of("cancelled")));
    }

    private DatabaseStatements changes(MetadataQueries metadata) {
        return new DatabaseStatements(catalog, databases, metadata);
    }

    /// Deletes rows of several measurements at once, as InfluxDB's clients ask for it. Not one
    /// delete, but one after the other.
    ///
    /// @param measurements those that do not exist are passed over; empty for all of the database
    /// @param condition of the rows of a measurement
    /// @return how many rows these were
    /// @throws QueryException when a condition is wrong or a limit is reached; some may be deleted
    public long delete(
            String database,
            List<String> measurements,
            Function<MeasurementSchema, Expression> condition,
            QueryCancellation cancellation) {
        requireDatabase(database, Position.NONE);
        var request = new QueryRequest(database, "", Map.of(), cancellation);
        QueryControl control = control(request, budget);
        try {
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
                deleted += deleteRows(delete, request, control);
            }
            return deleted;
        } catch (CorruptDataException e) {
            throw damaged(e);
        } finally {
            control.memory().close();
        }
    }

    private StreamedResult delete(
            Statement.Delete delete, QueryRequest request, QueryControl control) {
        return numbers(List.of("deleted"), control, deleteRows(delete, request, control));
    }

    /// Finds the rows as a `SELECT` with the same `WHERE` would.
    private long deleteRows(Statement.Delete delete, QueryRequest request, QueryControl control) {
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
                        new Query(at, List.of(), select, List.of(), null, null), request, control);
        planning.checkWidth(analyzed, at);
        if (!(Planner.plan(analyzed) instanceof Plan.Gather(Fragment.Rows rows))) {
            throw new IllegalStateException("BUG: a DELETE that is no scan: " + select);
        }
        return databases.delete(rows.scan(), control);
    }

    /// Computes all rows first, then writes them: what the query reads is not what it writes, and
    /// one that fails writes nothing.
    private StreamedResult insert(
            Statement.Insert insert, QueryRequest request, QueryControl control) {
        String database = request.database();
        requireDatabase(database, insert.measurement().position());
        AnalyzedQuery query = planning.analyze(insert.query(), request, control);
        AnalyzedInsert analyzed =
                new InsertAnalyzer(
                                database,
                                insert,
                                catalog.measurement(database, insert.measurement().name()),
                                query)
                        .analyze();
        AnalyzedQuery from = analyzed.rows();
        planning.checkWidth(from, insert.position());
        var rows =
                new RowStore(
                        from.columns().stream().map(AnalyzedQuery.Column::type).toList(),
                        control.memory().account());
        control.memory().account().reserve(from.expressionCount() * VECTOR_BYTES);
        try (BatchSource source = new PlanRunner(runner, control).start(Planner.plan(from))) {
            for (ColumnBatch batch = source.next(); batch != null; batch = source.next()) {
                control.check();
                rows.append(batch.columns(), 0, batch.rowCount());
            }
        }
        long count = rows.size() == 0 ? 0 : databases.insert(analyzed, rows, control);
        return numbers(List.of("inserted"), control, count);
    }

    private StreamedResult backup(Statement.Backup backup, QueryControl control) {
        DatabaseControl.BackupOutcome made =
                databases.backup(backup.target(), Optional.ofNullable(backup.since()));
        return numbers(
                List.of("files", "bytes", "shared_parts"),
                control,
                made.fileCount(),
                made.totalBytes(),
                made.sharedCount());
    }

    private StreamedResult export(
            Statement.Export export, QueryRequest request, QueryControl control) {
        measurement(export.measurement(), request.database());
        if (export.fromNanos() > export.toNanos()) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE, export.position(), "FROM lies after UNTIL");
        }
        DatabaseControl.ExportOutcome made =
                databases.export(
                        request.database(),
                        export.measurement().name(),
                        new TimeRange(export.fromNanos(), export.toNanos()),
                        export.target());
        return numbers(
                List.of("files", "rows", "bytes"),
                control,
                made.fileCount(),
                made.rowCount(),
                made.totalBytes());
    }

    /// Shapes of statements whose plan is kept.
    int shapedCount() {
        return planning.shapedCount();
    }

    /// Statements that were planned by the shape of those before, without being parsed.
    public long shapedHitCount() {
        return planning.shapedHitCount();
    }

    private static StreamedResult numbers(
            List<String> names, QueryControl control, long... numbers) {
        return new StreamedResult(
                names.stream().map(name -> new ResultColumn(name, ColumnType.INT64)).toList(),
                _ -> new CountSource(numbers),
                1,
                control);
    }

    private StreamedResult explain(
            Query query, QueryRequest request, QueryControl control, MetadataQueries metadata) {
        Plan plan = Planner.plan(planning.analyze(query, request, control));
        var rows = new ArrayList<List<String>>();
        PlanText.lines(plan).forEach(line -> rows.add(List.of(line)));
        return metadata.texts(List.of("plan"), rows);
    }

    /// Runs the query and throws its rows away.
    private StreamedResult explainAnalyze(
            Query query, QueryRequest request, QueryControl control, MetadataQueries metadata) {
        long began = ticker.nanos();
        AnalyzedQuery analyzed = planning.analyze(query, request, control);
        planning.checkWidth(analyzed, query.position());
        Plan plan = Planner.plan(analyzed);
        control.memory().account().reserve(analyzed.expressionCount() * VECTOR_BYTES);
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

    private MeasurementSchema measurement(Statement.MeasurementName name, String database) {
        requireDatabase(database, name.position());
        return MetadataQueries.measurement(catalog, database, name);
    }

    private List<MeasurementSchema> measurements(
            Statement.@Nullable MeasurementName name, QueryRequest request, Position position) {
        if (name != null) {
            return List.of(measurement(name, request.database()));
        }
        requireDatabase(request.database(), position);
        return List.copyOf(catalog.measurements(request.database()).values());
    }

    private void requireDatabase(String database, Position position) {
        if (!catalog.hasDatabase(database)) {
            throw MetadataQueries.unknownDatabase(catalog, database, position);
        }
    }
}
