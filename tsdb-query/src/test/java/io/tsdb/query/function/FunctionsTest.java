package io.tsdb.query.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.function.aggregate.AggregateFunction;
import io.tsdb.query.function.scalar.ScalarFunction;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A function is a class, a line in the list, a row of the page and a `.test` file: none without
/// the others.
class FunctionsTest {
    private static final Path SOURCES = Path.of("src/main/java/io/tsdb/query/function");
    private static final Path TESTS = Path.of("src/test/resources/sql/function");
    private static final Path PAGE = Path.of("docs/sql.md");

    /// A call at the begin of a cell, or behind another one in the same cell.
    private static final Pattern CALL = Pattern.compile("`([a-z_0-9]+)\\(");

    /// Classes that no name stands for: an operator, and forms and kinds of others.
    private static final Set<String> NAMELESS =
            Set.of(
                    "ConcatFunction",
                    "CountDistinctAggregate",
                    "DistinctAggregate",
                    "OrderableAggregate",
                    "OrderedAggregate",
                    "ParameterAggregate",
                    "RowsAggregate",
                    "ShareAggregate",
                    "TimedRowsAggregate");

    @Test
    void everyClassIsInTheList() throws IOException {
        var listed = new TreeSet<String>();
        Functions.scalars().forEach(f -> listed.add(f.getClass().getSimpleName()));
        Functions.aggregates().forEach(f -> listed.add(f.getClass().getSimpleName()));
        listed.addAll(NAMELESS);
        var written = new TreeSet<String>();
        written.addAll(classes("scalar", ScalarFunction.class));
        written.addAll(classes("aggregate", AggregateFunction.class));
        assertThat(written).isEqualTo(listed);
    }

    private static List<String> classes(String folder, Class<?> kind) throws IOException {
        String suffix = kind == ScalarFunction.class ? "Function" : "Aggregate";
        try (Stream<Path> files = Files.list(SOURCES.resolve(folder))) {
            return files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .filter(name -> name.endsWith(suffix) && !name.equals(kind.getSimpleName()))
                    .toList();
        }
    }

    @Test
    void everyFunctionHasATestFileThatCallsIt() throws IOException {
        try (Stream<Path> files = Files.list(TESTS)) {
            Set<String> tested =
                    files.map(file -> file.getFileName().toString().replace(".test", ""))
                            .collect(Collectors.toCollection(TreeSet::new));
            assertThat(tested).isEqualTo(Functions.names());
        }
        for (String name : Functions.names()) {
            String text = Files.readString(TESTS.resolve(name + ".test"));
            for (String kind : List.of("query", "error")) {
                String shown =
                        Stream.of(text.split("\n\n"))
                                .filter(block -> block.startsWith(kind))
                                .collect(Collectors.joining("\n"));
                assertThat(shown).as("%s of %s.test", kind, name).contains(name + "(");
            }
        }
    }

    @Test
    void everyFunctionHasARowOnThePage() throws IOException {
        var described = new TreeSet<String>();
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("| `")) {
                String cell = line.substring(0, line.indexOf('|', 2));
                Matcher calls = CALL.matcher(cell);
                while (calls.find()) {
                    described.add(calls.group(1));
                }
            }
        }
        assertThat(described).isEqualTo(Functions.names());
    }

    /// By this name and usage the binder explains a wrong call.
    @Test
    void usagesShowTheName() {
        for (ScalarFunction function : Functions.scalars()) {
            assertThat(function.usage()).startsWith(function.name() + "(");
        }
        for (AggregateFunction function : Functions.aggregates()) {
            assertThat(function.usage()).startsWith(function.name() + "(");
        }
    }

    /// What works here needs no advice.
    @Test
    void noFunctionIsForeign() {
        assertThat(ForeignFunctions.names()).doesNotContainAnyElementsOf(Functions.names());
    }
}
