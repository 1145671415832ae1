package io.tsdb.query.exec;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.Consistency;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.QueryControl;
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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Runs SQL statements, and plans that came from elsewhere: of another language, or another node.
/// Any thread; holds no state of its queries. What a front end has to say of them is a [Session].
///
/// ```
/// var session = Session.of("plant").withTimeZone(ZoneId.of("Europe/Berlin"));
/// try (QueryResult result = engine.execute("SELECT * FROM sensor", session)) {
///     for (ResultBatch batch = result.next(); batch != null; batch = result.next()) {
///         long[] times = batch.longs(0);
///         ...
///     }
/// }
/// ```
public final class QueryEngine {
    /// What is reserved for an expression before its plan runs; the rest by whoever makes the
    /// vectors.
    static final long VECTOR_BYTES = ColumnVector.MEMORY_BYTES;

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
    private final RowStatements rows;
    private final Explanations explanations;

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
        this.planning = new QueryPlanning(catalog, runner, clock);
        this.rows = new RowStatements(catalog, databases, runner, planning);
        this.explanations = new Explanations(planning, runner, ticker);
    }

    /// Other limits, for statements that begin from now on.
    public void limits(QueryLimits changed) {
        limits = changed;
    }

    /// Starts a statement. Its time limit counts from here; rows are computed as they are pulled.
    ///
    /// @throws QueryException when the statement is wrong; what goes wrong later is thrown by
    ///   [QueryResult#next()]
    public QueryResult execute(String sql, Session session) {
        return entered(sql, session, entry -> started(sql, session, entry));
    }

    /// The plan of a query: to be run here or, as bytes, on another node.
    ///
    /// @throws QueryException when the statement is wrong, or no query
    public PlannedQuery plan(String sql, Session session) {
        QueryControl control = control(session, budget);
        try {
            if (SqlParser.parse(sql) instanceof Statement.Select(var at, Query query)) {
                return planning.planned(query, null, at, session, control);
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
    /// @param text what `SHOW QUERIES` shows: the query as its sender wrote it
    public QueryResult run(PlannedQuery query, String text, Session session) {
        return entered(
                text,
                session,
                entry ->
                        started(
                                control(session, budget),
                                entry,
                                control -> stream(query, session, control)));
    }

    /// Deletes rows of several measurements at once, as InfluxDB's clients ask for it. Not one
    /// delete, but one after the other.
    ///
    /// @param measurements those that do not exist are passed over; empty for all of the database
    /// @param condition of the rows of a measurement
    /// @return how many rows these were
    /// @throws QueryException when a condition is wrong or a limit is reached; some may be deleted
    public long delete(
            Session session,
            List<String> measurements,
            Function<MeasurementSchema, Expression> condition) {
        requireDatabase(session.database(), Position.NONE);
        QueryControl control = control(session, budget);
        try {
            return rows.delete(measurements, condition, session, control);
        } catch (CorruptDataException e) {
            throw damaged(e);
        } finally {
            control.memory().close();
        }
    }

    private QueryResult entered(
            String text, Session session, Function<RunningQueries.Running, StreamedResult> start) {
        RunningQueries.Running entry = running.enter(text, session, clock.instant());
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

    private StreamedResult started(String sql, Session session, RunningQueries.Running entry) {
        long textBytes = TREE_BYTES * Math.min(sql.length(), SqlParser.LENGTH_MAX);
        return started(
                control(session, isAboutQueries(sql) ? reserve : budget),
                entry,
                control -> start(sql, session, textBytes, control, entry));
    }

    /// @param start gives null when a query has to give its memory up to others before it has a
    ///   result, or has lost a replica: it changed nothing, and begins anew
    private static StreamedResult started(
            QueryControl first,
            RunningQueries.Running entry,
            Function<QueryControl, @Nullable StreamedResult> start) {
        QueryControl control = first;
        boolean started = false;
        try {
            StreamedResult result = null;
            while (result == null) {
                entry.heldBytes(control.memory()::heldBytes);
                result = start.apply(control);
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
    private static boolean isAboutQueries(String sql) {
        return ABOUT_QUERIES.matcher(sql).lookingAt();
    }

    /// @return null when a query has to give its memory up to others before it has a result, as one
    ///   whose expressions hold queries, or has lost a replica: it changed nothing, and can begin
    ///   anew
    private @Nullable StreamedResult start(
            String sql,
            Session session,
            long textBytes,
            QueryControl control,
            RunningQueries.Running entry) {
        MemoryAccount trees = control.memory().account();
        trees.reserve(textBytes);
        StatementShape shape = session.isPlain() ? StatementShape.of(sql) : null;
        PlannedQuery known = shape == null ? null : planning.known(shape, session, control);
        Statement statement = known == null ? SqlParser.parse(sql) : null;
        StreamedResult result;
        try {
            result =
                    known != null
                            ? stream(known, session, control)
                            : run(
                                    Objects.requireNonNull(statement),
                                    shape,
                                    session,
                                    control,
                                    entry);
        } catch (CorruptDataException e) {
            throw damaged(e);
        } catch (QueryException e) {
            boolean isQuery =
                    statement == null
                            || statement instanceof Statement.Select
                            || statement instanceof Statement.Explain;
            if (isQuery
                    && (e.code() == QueryErrorCode.MEMORY_BUSY
                            || e.code() == QueryErrorCode.UNAVAILABLE && control.beginsAnew())) {
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

    private QueryControl control(Session session, MemoryBudget from) {
        QueryLimits within = session.limits().within(limits);
        return new QueryControl(
                session.cancellation(),
                ticker,
                within.timeout(),
                within.groups(),
                from,
                START_BYTES + session.parameterBytes(),
                within.memoryBytes(),
                session.consistency().orElse(Consistency.STRONG));
    }

    private StreamedResult run(
            Statement statement,
            @Nullable StatementShape shape,
            Session session,
            QueryControl control,
            RunningQueries.Running entry) {
        var metadata = new MetadataQueries(catalog, runner, control);
        return switch (statement) {
            case Statement.Select(Position at, Query query) ->
                    stream(planning.planned(query, shape, at, session, control), session, control);
            case Statement.Explain(_, Query query, boolean analyze) ->
                    analyze
                            ? explanations.analyze(query, session, control, metadata)
                            : explanations.explain(query, session, control, metadata);
            case Statement.CreateDatabase create -> changes(metadata).create(create);
            case Statement.DropDatabase drop -> changes(metadata).drop(drop);
            case Statement.DropMeasurement drop -> {
                requireDatabase(session.database(), drop.position());
                yield changes(metadata).drop(session.database(), drop);
            }
            case Statement.AlterDatabase alter -> changes(metadata).alter(alter);
            case Statement.AlterMeasurement alter -> {
                requireDatabase(session.database(), alter.position());
                yield changes(metadata).alter(session.database(), alter);
            }
            case Statement.ShowRetention s -> {
                requireDatabase(session.database(), s.position());
                yield metadata.retention(session.database());
            }
            case Statement.Insert insert -> rows.insert(insert, session, control);
            case Statement.Delete delete -> rows.delete(delete, session, control);
            case Statement.ShowQueries _ ->
                    metadata.queries(running.seenBy(session.caller()), entry, clock.instant());
            case Statement.CancelQuery cancel -> cancel(cancel, session, metadata);
            case Statement.Backup backup -> backup(backup, control);
            case Statement.Export export -> export(export, session, control);
            case Statement.ShowDatabases _ -> metadata.databases();
            case Statement.ShowMeasurements s -> {
                requireDatabase(session.database(), s.position());
                yield metadata.measurements(session.database());
            }
            case Statement.ShowTagKeys s ->
                    metadata.tagKeys(measurements(s.measurement(), session, s.position()));
            case Statement.ShowFieldKeys s ->
                    metadata.fieldKeys(measurements(s.measurement(), session, s.position()));
            case Statement.ShowColumns s ->
                    metadata.columns(measurements(s.measurement(), session, s.position()));
            case Statement.ShowTagValues s ->
                    metadata.tagValues(
                            s.key(), measurements(s.measurement(), session, s.position()));
            case Statement.ShowSeries s ->
                    metadata.series(measurements(s.measurement(), session, s.position()));
            case Statement.ShowCardinality s ->
                    metadata.cardinality(
                            measurements(s.measurement(), session, s.position()),
                            s.tag(),
                            s.first());
        };
    }

    private StreamedResult stream(PlannedQuery query, Session session, QueryControl control) {
        long vectorBytes = query.expressionCount() * VECTOR_BYTES;
        return new StreamedResult(
                query.columns(),
                at -> {
                    at.memory().account().reserve(vectorBytes);
                    return new PlanRunner(runner, at).start(query.plan());
                },
                session.limits().within(limits).resultRows(),
                control);
    }

    private StreamedResult cancel(
            Statement.CancelQuery cancel, Session session, MetadataQueries metadata) {
        if (!running.cancel(cancel.id(), session.caller())) {
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

    private StreamedResult backup(Statement.Backup backup, QueryControl control) {
        DatabaseControl.BackupOutcome made =
                databases.backup(backup.target(), Optional.ofNullable(backup.since()));
        return CountSource.result(
                List.of("files", "bytes", "shared_parts"),
                control,
                made.fileCount(),
                made.totalBytes(),
                made.sharedCount());
    }

    private StreamedResult export(Statement.Export export, Session session, QueryControl control) {
        measurement(export.measurement(), session.database());
        if (export.fromNanos() > export.toNanos()) {
            throw new QueryException(
                    QueryErrorCode.INVALID_VALUE, export.position(), "FROM lies after UNTIL");
        }
        DatabaseControl.ExportOutcome made =
                databases.export(
                        session.database(),
                        export.measurement().name(),
                        new TimeRange(export.fromNanos(), export.toNanos()),
                        export.target());
        return CountSource.result(
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

    private MeasurementSchema measurement(Statement.MeasurementName name, String database) {
        requireDatabase(database, name.position());
        return MetadataQueries.measurement(catalog, database, name);
    }

    private List<MeasurementSchema> measurements(
            Statement.@Nullable MeasurementName name, Session session, Position position) {
        if (name != null) {
            return List.of(measurement(name, session.database()));
        }
        requireDatabase(session.database(), position);
        return List.copyOf(catalog.measurements(session.database()).values());
    }

    private void requireDatabase(String database, Position position) {
        MetadataQueries.requireDatabase(catalog, database, position);
    }
}
