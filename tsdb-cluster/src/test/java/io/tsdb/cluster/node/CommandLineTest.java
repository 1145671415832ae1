package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

class CommandLineTest {
    @TempDir Path directory;

    private record Run(int status, String out, String err) {
        static Run of(String... args) {
            var out = new StringWriter();
            var err = new StringWriter();
            int status =
                    Main.commandLine()
                            .setOut(new PrintWriter(out, true))
                            .setErr(new PrintWriter(err, true))
                            .execute(args);
            return new Run(status, out.toString(), err.toString());
        }
    }

    /// Every command and subcommand as words: `token create`.
    static Stream<String> commands() {
        var found = new ArrayList<String>();
        collect(Main.commandLine(), "", found);
        return found.stream();
    }

    private static void collect(CommandLine line, String prefix, List<String> found) {
        line.getSubcommands()
                .forEach(
                        (name, command) -> {
                            // takes every argument: they are the load generator's
                            if (!name.equals("load")) {
                                found.add(prefix + name);
                            }
                            collect(command, prefix + name + " ", found);
                        });
    }

    private static String[] words(String command, String... more) {
        return Stream.concat(Arrays.stream(command.split(" ")), Arrays.stream(more))
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelp(String command) {
        Run run = Run.of(words(command, "--help"));
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("Usage: tsdb " + command);
        assertThat(run.err()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void wrongUseOfEveryCommandIsOneLineAndStatus2(String command) {
        Run run = Run.of(words(command, "--no-such-option"));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).startsWith("tsdb " + command + ": ").contains("--help");
    }

    @ParameterizedTest
    @CsvSource({
        "'',                       tsdb: a command is missing (see tsdb --help)",
        "strat,                    tsdb: unknown command 'strat'",
        "version extra,            tsdb version: unknown argument 'extra'",
        "version --hepl,           tsdb version: unknown option '--hepl'; did you mean --help?",
        "token,                    'tsdb token: create, list or revoke'",
        "token create --scope x,   tsdb token create: unknown permission 'x'",
        "token create --scope read --expires 1, tsdb token create: '1' is no duration",
    })
    void saysWhatIsWrong(String args, String text) {
        Run run = Run.of(args.isEmpty() ? new String[0] : args.split(" "));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith(text);
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void versionIsOneLineWithTheVersionOfTheBuild() {
        Run run = Run.of("version");
        assertThat(run.status()).isZero();
        assertThat(run.out()).matches("tsdb \\d+\\.\\d+\\.\\d+ \\(Java 25.*\\)\\R");
    }

    @Test
    void tokensAreCreatedListedAndRevoked() {
        String data = "--data=" + directory;
        Run created = Run.of("token", "create", data, "--scope=read:a,write:b", "--name=Anna");
        assertThat(created.status()).isZero();
        assertThat(created.out()).matches("tsdb_[0-9a-f]{8}_[A-Za-z0-9_-]{43}\\R");
        String id = created.out().substring(5, 13);

        Run listed = Run.of("token", "list", data);
        assertThat(listed.out()).contains(id).contains("read:a,write:b").contains("Anna");
        assertThat(listed.out()).doesNotContain(created.out().strip());

        assertThat(Run.of("token", "revoke", data, id).status()).isZero();
        Run again = Run.of("token", "revoke", data, id);
        assertThat(again.status()).isEqualTo(1);
        assertThat(again.err())
                .isEqualTo("tsdb token revoke: there is no token with id " + id + "\n");
        assertThat(Run.of("token", "list", data).out()).doesNotContain(id);
    }

    @Test
    void listingADirectoryThatIsNotThereFails() {
        Run run = Run.of("token", "list", "--data=" + directory.resolve("none"));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines()).hasSize(1);
    }
}
