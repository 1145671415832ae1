package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.fragment.FragmentRunner;
import io.tsdb.query.fragment.PartialResults;
import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.TestPoints;
import io.tsdb.query.plan.Fragment;
import io.tsdb.query.plan.Plan;
import io.tsdb.query.sql.SqlParser;
import io.tsdb.query.sql.Statement;
import io.tsdb.query.wire.BatchReader;
import io.tsdb.query.wire.BatchWriter;
import io.tsdb.query.wire.PlanReader;
import io.tsdb.query.wire.PlanWriter;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Every plan, fragment and batch of every `.test` file goes through bytes, and gives the rows that
/// the file expects.
class WireRoundTripTest {
    private static final Path ROOT = Path.of("src/test/resources/sql");

    /// What no plan holds any more when it is run.
    private static final Set<Class<?>> BEFORE_THE_RULES =
            Set.of(Plan.Scan.class, Plan.Latest.class, BoundExpression.Filled.class);

    private final Set<Class<?>> seen = new HashSet<>();

    /// Hands fragments and batches on as bytes, as a cluster does.
    private record BytesRunner(FragmentRunner runner, Set<Class<?>> seen)
            implements FragmentRunner {
        @Override
        public PartialResults run(Fragment fragment, QueryControl control) {
            Fragment read = PlanReader.fragment(PlanWriter.toBytes(fragment));
            assertThat(read).isEqualTo(fragment);
            seen.add(read.getClass());
            PartialResults results = runner.run(read, control);
            var batch = new ColumnBatch(fragment.types());
            var writer = new BatchWriter();
            return new PartialResults() {
                @Override
                public @Nullable ColumnBatch next() {
                    ColumnBatch sent = results.next();
                    if (sent == null) {
                        return null;
                    }
                    BatchReader.read(writer.toBytes(sent), batch);
                    return batch;
                }

                @Override
                public void close() {
                    results.close();
                }
            };
        }
    }

    @Test
    void everyTestFileGivesItsRowsThroughBytes() throws IOException {
        int queries = 0;
        try (Stream<Path> files = Files.walk(ROOT)) {
            List<Path> tests = files.filter(f -> f.toString().endsWith(".test")).sorted().toList();
            for (Path file : tests) {
                queries += run(SqlFile.read(file));
            }
        }
        assertThat(queries).isGreaterThan(500);
        assertThat(seen).containsAll(nodes(Plan.class));
        assertThat(seen).containsAll(nodes(BoundExpression.class));
        assertThat(seen).containsAll(nodes(Fragment.class));
    }

    private static List<Class<?>> nodes(Class<?> family) {
        var nodes = new ArrayList<Class<?>>();
        for (Class<?> one : family.getPermittedSubclasses()) {
            if (!BEFORE_THE_RULES.contains(one)) {
                nodes.add(one);
            }
        }
        return nodes;
    }

    private int run(SqlFile file) {
        TestEngines.Setup setup =
                TestEngines.of(
                        file.points().stream().map(TestPoints::parse).toList(),
                        3,
                        new Layout(7, 3, false),
                        QueryLimits.DEFAULT,
                        new MemoryBudget(1L << 30, Duration.ZERO),
                        runner -> new BytesRunner(runner, seen));
        int queries = 0;
        for (SqlFile.Case one : file.cases()) {
            if (one.kind().equals("error")) {
                continue;
            }
            String place = file.path() + ":" + one.line() + "\n" + one.sql();
            List<String> lines = lines(setup, one.sql(), one.session());
            queries++;
            if (one.kind().equals("query")) {
                assertThat(String.join("\n", lines))
                        .as(place)
                        .isEqualTo(String.join("\n", one.expected()));
            } else {
                assertThat(lines).as(place).containsExactlyInAnyOrderElementsOf(one.expected());
            }
            assertThat(setup.openScans()).as("open scans after " + place).isZero();
        }
        return queries;
    }

    private List<String> lines(TestEngines.Setup setup, String sql, Session session) {
        if (!(SqlParser.parse(sql) instanceof Statement.Select)) {
            return SqlFileTest.lines(setup.engine().execute(sql, session));
        }
        PlannedQuery planned = setup.engine().plan(sql, session);
        Plan read = PlanReader.plan(PlanWriter.toBytes(planned.plan()));
        assertThat(read).isEqualTo(planned.plan());
        collect(read);
        return SqlFileTest.lines(
                setup.engine()
                        .run(
                                new PlannedQuery(
                                        planned.columns(), read, planned.expressionCount()),
                                sql,
                                session));
    }

    /// Notes the kinds of all nodes and expressions in a record.
    private void collect(@Nullable Object node) {
        switch (node) {
            case null -> {}
            case Collection<?> all -> all.forEach(this::collect);
            case BoundExpression expression ->
                    ExpressionTree.visit(expression, e -> seen.add(e.getClass()));
            case Record one -> {
                seen.add(one.getClass());
                for (RecordComponent component : one.getClass().getRecordComponents()) {
                    try {
                        collect(component.getAccessor().invoke(one));
                    } catch (ReflectiveOperationException e) {
                        throw new AssertionError(component.toString(), e);
                    }
                }
            }
            default -> {
                // a name, a number
            }
        }
    }
}
