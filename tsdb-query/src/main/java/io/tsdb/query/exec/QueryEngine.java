package io.tsdb.query.exec;

import io.tsdb.query.analysis.AnalyzedSelect;
import io.tsdb.query.analysis.Parameters;
import io.tsdb.query.analysis.SelectAnalyzer;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.plan.PlanText;
import io.tsdb.query.plan.Planner;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.query.sql.SqlParser;
import io.tsdb.query.sql.Statement;
import io.tsdb.storage.model.NameRule;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

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
    /// About what an expression takes while a statement runs: vectors in a few places.
    private static final long EXPRESSION_BYTES = 4L * Long.BYTES * ColumnVector.ROWS_MAX;

    private final Catalog catalog;
    private final FragmentRunner runner;
    private final DatabaseControl databases;
    private final InstantSource clock;
    private final QueryLimits limits;

    public QueryEngine(
            Catalog catalog,
            FragmentRunner runner,
            DatabaseControl databases,
            InstantSource clock,
            QueryLimits limits) {
        this.catalog = catalog;
        this.runner = runner;
        this.databases = databases;
        this.clock = clock;
        this.limits = limits;
    }

    /// Starts a statement. Its time limit counts from here; rows are computed as they are pulled.
    ///
    /// @throws QueryException when the statement is wrong; what goes wrong later is thrown by
    ///   [QueryResult#next()]
    public QueryResult execute(QueryRequest request) {
        Statement statement = SqlParser.parse(request.sql());
        var control =
                new QueryControl(
                        request.cancellation(),
                        clock,
                        limits.timeout(),
                        limits.groups(),
                        limits.memoryBytes());
        return switch (statement) {
            case Statement.Select select -> select(select, request, control);
            case Statement.Explain(_, Statement.Select select) -> explain(select, request);
            case Statement.CreateDatabase create -> create(create);
            case Statement.DropDatabase drop -> drop(drop);
            case Statement.ShowDatabases _ -> new MetadataQueries(catalog, runner).databases();
            case Statement.ShowMeasurements s -> {
                requireDatabase(request.database(), s.position());
                yield new MetadataQueries(catalog, runner).measurements(request.database());
            }
            case Statement.ShowTagKeys s ->
                    new MetadataQueries(catalog, runner)
                            .tagKeys(measurements(s.measurement(), request, s.position()));
            case Statement.ShowFieldKeys s ->
                    new MetadataQueries(catalog, runner)
                            .fieldKeys(measurements(s.measurement(), request, s.position()));
            case Statement.ShowTagValues s ->
                    new MetadataQueries(catalog, runner)
                            .tagValues(
                                    s.key(),
                                    measurements(s.measurement(), request, s.position()),
                                    control);
            case Statement.ShowSeries s ->
                    new MetadataQueries(catalog, runner)
                            .series(measurements(s.measurement(), request, s.position()), control);
        };
    }

    private QueryResult select(
            Statement.Select select, QueryRequest request, QueryControl control) {
        AnalyzedSelect analyzed = analyze(select, request);
        var columns = new ArrayList<ResultColumn>();
        analyzed.outputs()
                .forEach(output -> columns.add(new ResultColumn(output.name(), output.type())));
        checkWidth(analyzed, select.position());
        BatchSource source = new PlanRunner(runner, control).start(Planner.plan(analyzed));
        return new StreamedResult(columns, source, limits.resultRows());
    }

    /// Every expression and every column of the answer takes vectors of its own, at each shard and
    /// at the merge: a statement of many is refused before they are made.
    private void checkWidth(AnalyzedSelect select, Position position) {
        long most = Math.max(1, limits.memoryBytes() / EXPRESSION_BYTES);
        int count = select.expressionCount();
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

    private QueryResult explain(Statement.Select select, QueryRequest request) {
        Plan plan = Planner.plan(analyze(select, request));
        var rows = new ArrayList<List<String>>();
        PlanText.lines(plan).forEach(line -> rows.add(List.of(line)));
        return MetadataQueries.texts(List.of("plan"), rows);
    }

    private AnalyzedSelect analyze(Statement.Select select, QueryRequest request) {
        Statement.MeasurementName name = select.measurement();
        MeasurementSchema schema = name == null ? null : measurement(name, request.database());
        Instant now = clock.instant();
        long nowNanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        return new SelectAnalyzer(
                        select,
                        schema == null ? request.database() : schema.database(),
                        schema,
                        new Parameters(request.parameters()),
                        nowNanos)
                .analyze();
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

    private QueryResult create(Statement.CreateDatabase create) {
        NameRule.DATABASE
                .violation(create.name())
                .ifPresent(
                        violation -> {
                            throw new QueryException(
                                    QueryErrorCode.INVALID_VALUE, create.position(), violation);
                        });
        boolean created = databases.create(create.name());
        if (!created && !create.ifNotExists()) {
            throw new QueryException(
                    QueryErrorCode.DATABASE_EXISTS,
                    create.position(),
                    "database '" + create.name() + "' exists");
        }
        return status(created ? "created" : "exists");
    }

    private QueryResult drop(Statement.DropDatabase drop) {
        boolean dropped = databases.drop(drop.name());
        if (!dropped && !drop.ifExists()) {
            throw MetadataQueries.unknownDatabase(catalog, drop.name(), drop.position());
        }
        return status(dropped ? "dropped" : "absent");
    }

    private static QueryResult status(String status) {
        return new StreamedResult(
                List.of(new ResultColumn("status", ColumnType.STRING)),
                new TextRowsSource(1, List.of(List.of(status))),
                1);
    }
}
