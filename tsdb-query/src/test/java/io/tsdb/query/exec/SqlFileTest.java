package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.analysis.ExpressionText;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.memory.MemoryShard.Layout;
import io.tsdb.query.memory.ResultRows;
import io.tsdb.query.memory.TestPoints;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Runs every `sql/**/*.test`: the behaviour that `docs/sql.md` promises. Each file runs over one
/// shard with whole blocks and over three shards with blocks cut at random, which must not show.
class SqlFileTest {
    private static final Path ROOT = Path.of("src/test/resources/sql");

    @TestFactory
    Stream<DynamicTest> everyFileHoldsWhateverTheLayout() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            List<Path> tests = files.filter(f -> f.toString().endsWith(".test")).sorted().toList();
            assertThat(tests).isNotEmpty();
            return tests.stream()
                    .flatMap(
                            file ->
                                    Stream.of(
                                            DynamicTest.dynamicTest(
                                                    ROOT.relativize(file) + " whole blocks",
                                                    () -> run(file, 1, new Layout(1, 1024, true))),
                                            DynamicTest.dynamicTest(
                                                    ROOT.relativize(file) + " cut blocks",
                                                    () -> run(file, 3, new Layout(7, 3, false)))));
        }
    }

    private static void run(Path path, int shards, Layout layout) throws IOException {
        SqlFile file = SqlFile.read(path);
        TestEngines.Setup setup =
                TestEngines.of(
                        file.points().stream().map(TestPoints::parse).toList(), shards, layout);
        for (SqlFile.Case one : file.cases()) {
            String place = path + ":" + one.line() + "\n" + one.sql();
            List<String> actual = answer(setup, one);
            List<String> expected = one.expected();
            if (one.kind().equals("query rowsort")) {
                actual = rowsort(actual);
                expected = rowsort(expected);
            }
            assertThat(String.join("\n", actual)).as(place).isEqualTo(String.join("\n", expected));
            assertThat(setup.openScans()).as("open scans after " + place).isZero();
        }
    }

    private static List<String> rowsort(List<String> lines) {
        var sorted = new ArrayList<String>();
        sorted.add(lines.getFirst());
        lines.stream().skip(1).sorted().forEach(sorted::add);
        return sorted;
    }

    private static List<String> answer(TestEngines.Setup setup, SqlFile.Case one) {
        if (one.kind().equals("error")) {
            try {
                ResultRows.of(setup.engine().execute(one.sql(), one.session()));
            } catch (QueryException e) {
                return List.of((e.code().id() + " " + e.getMessage()).split("\n"));
            }
            return List.of("no error");
        }
        return lines(setup.engine().execute(one.sql(), one.session()));
    }

    /// Names and types of the columns, then the rows.
    static List<String> lines(QueryResult result) {
        var lines = new ArrayList<String>();
        lines.add(
                result.columns().stream()
                        .map(c -> c.name() + ":" + c.type().sqlName())
                        .collect(Collectors.joining(" | ")));
        List<ColumnType> types = result.columns().stream().map(ResultColumn::type).toList();
        for (List<@Nullable Object> row : ResultRows.of(result)) {
            var texts = new ArrayList<String>();
            for (int i = 0; i < row.size(); i++) {
                Object value = row.get(i);
                texts.add(
                        value instanceof Long time && types.get(i) == ColumnType.TIMESTAMP
                                ? ExpressionText.time(time)
                                : value == null ? "NULL" : value.toString());
            }
            lines.add(String.join(" | ", texts));
        }
        return lines;
    }
}
