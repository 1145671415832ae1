package io.tsdb.cluster.node.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.config.ConfigKey;
import io.tsdb.cluster.security.Authenticator;
import io.tsdb.cluster.security.RequestAuthorizer;
import io.tsdb.cluster.security.TokenFile;
import io.tsdb.query.sql.Statement;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The page's table of limits: each row names tests that there are, and nothing that can be asked
/// or set is missing.
class SecurityPageTest {
    private static final Pattern TEST =
            Pattern.compile("`([A-Za-z0-9]+(?:Test|IT))#([a-z0-9A-Z]+)`");

    /// Settings with a size, count or time that are no limit of what a client can take.
    private static final Set<ConfigKey> NO_LIMITS =
            Set.of(
                    ConfigKey.SHARDS,
                    ConfigKey.CLUSTER_SHARDS,
                    ConfigKey.CLUSTER_AWAY_AFTER,
                    ConfigKey.CLUSTER_BALANCE_AFTER,
                    ConfigKey.CLUSTER_COPY_RATE,
                    ConfigKey.FLUSH_AGE,
                    ConfigKey.SLOW_QUERY,
                    ConfigKey.SYSTEM_METRICS,
                    ConfigKey.SYSTEM_RETENTION);

    private final Path root = root();
    private final List<String> rows = rows();

    private static Path root() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(root.resolve("tsdb-ingest"))) {
            root = Objects.requireNonNull(root.getParent(), "not in the project's tree");
        }
        return root;
    }

    private List<String> rows() {
        try {
            String page = Files.readString(root.resolve("tsdb-cluster/docs/security.md"));
            return page.substring(page.indexOf("| way in |"))
                    .lines()
                    .skip(2)
                    .takeWhile(line -> line.startsWith("|"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyRowHasItsTests() throws IOException {
        assertThat(rows).hasSizeGreaterThan(20);
        for (String row : rows) {
            List<MatchResult> tests = TEST.matcher(row).results().toList();
            assertThat(tests).as(row).isNotEmpty();
            for (MatchResult test : tests) {
                assertThat(source(test.group(1)))
                        .as(test.group())
                        .containsPattern("\\bvoid " + test.group(2) + "\\(");
            }
            String last = row.substring(row.lastIndexOf('|', row.length() - 2));
            assertThat(last.chars().filter(c -> c == '`').count() / 2)
                    .as("each is a test and a method: %s", last)
                    .isEqualTo(tests.size());
        }
    }

    private String source(String test) throws IOException {
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.toList()) {
                Path sources = module.resolve("src/test/java");
                if (!Files.isDirectory(sources)) {
                    continue;
                }
                try (Stream<Path> files = Files.walk(sources)) {
                    var found = files.filter(file -> file.endsWith(test + ".java")).findFirst();
                    if (found.isPresent()) {
                        return Files.readString(found.get());
                    }
                }
            }
        }
        throw new AssertionError("no test " + test);
    }

    @Test
    void everyPathHasARow(@TempDir Path directory) {
        var authenticator =
                new Authenticator(
                        new TokenFile(directory),
                        Authenticator.Mode.AUTO,
                        Optional.empty(),
                        Clock.systemUTC(),
                        System::nanoTime);
        var served = AccessOverHttpTest.routes(new RequestAuthorizer(authenticator)).routes();
        assertThat(served.paths()).hasSizeGreaterThan(10);
        for (String path : served.paths()) {
            assertThat(waysIn()).as(path).contains("`" + path + "`");
        }
    }

    /// `ShowTagKeys` is `SHOW TAG KEYS`.
    @Test
    void everyStatementHasARow() {
        Class<?>[] kinds = Statement.class.getPermittedSubclasses();
        assertThat(kinds).hasSizeGreaterThan(10);
        for (Class<?> kind : kinds) {
            String words = kind.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", " ");
            assertThat(waysIn()).as(words).contains("`" + words.toUpperCase(Locale.ROOT) + "`");
        }
    }

    @Test
    void everyLimitThatCanBeSetHasARow() {
        List<ConfigKey> limits =
                Arrays.stream(ConfigKey.values())
                        .filter(key -> Set.of("SIZE", "N", "DURATION").contains(key.valueForm()))
                        .filter(key -> !NO_LIMITS.contains(key))
                        .toList();
        assertThat(limits).hasSizeGreaterThan(15);
        for (ConfigKey key : limits) {
            assertThat(String.join("\n", rows)).contains("`" + key.key() + "`");
        }
    }

    /// The first column.
    private String waysIn() {
        var ways = new StringBuilder();
        rows.forEach(row -> ways.append(row, 0, row.indexOf('|', 1)).append('\n'));
        return ways.toString();
    }
}
