package io.tsdb.cluster.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Each row of the page's table of limits names tests, and there are such tests.
class SecurityPageTest {
    private static final Pattern NAME = Pattern.compile("`([A-Za-z0-9]+(?:Test|IT))`");

    @Test
    void everyRowHasItsTests() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(root.resolve("tsdb-ingest"))) {
            root = Objects.requireNonNull(root.getParent(), "not in the project's tree");
        }
        String page = Files.readString(root.resolve("tsdb-cluster/docs/security.md"));
        List<String> rows =
                page.substring(page.indexOf("| way in |"))
                        .lines()
                        .skip(2)
                        .takeWhile(line -> line.startsWith("|"))
                        .toList();
        Set<String> tests = testsIn(root);
        assertThat(rows).hasSizeGreaterThan(10);
        for (String row : rows) {
            List<String> named = NAME.matcher(row).results().map(m -> m.group(1)).toList();
            assertThat(named).as(row).isNotEmpty().allMatch(tests::contains);
        }
    }

    private static Set<String> testsIn(Path root) throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            List<Path> modules =
                    files.map(module -> module.resolve("src/test/java"))
                            .filter(Files::isDirectory)
                            .toList();
            Set<String> names = new java.util.HashSet<>();
            for (Path module : modules) {
                try (Stream<Path> tests = Files.walk(module)) {
                    names.addAll(
                            tests.map(file -> file.getFileName().toString())
                                    .filter(name -> name.endsWith(".java"))
                                    .map(name -> name.substring(0, name.length() - 5))
                                    .collect(Collectors.toSet()));
                }
            }
            return names;
        }
    }
}
