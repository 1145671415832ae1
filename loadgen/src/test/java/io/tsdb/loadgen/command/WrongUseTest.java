package io.tsdb.loadgen.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.loadgen.Main;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;

/// Wrong use exits with 2 and says in one line what is wrong.
class WrongUseTest {
    private final StringWriter errors = new StringWriter();

    @TempDir Path directory;

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(errors, true));
        line.setOut(new PrintWriter(new StringWriter(), true));
        return line.execute(arguments);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    load --ratio 5           | loadgen load: unknown option '--ratio'; did you mean --rate? (see loadgen load --help)
                    load --duration soon     | 'soon' is no duration; write for instance 250ms
                    load --scale many        | Invalid value for option '--scale': 'many' is not a
                    load --workload nothing  | load: unknown workload 'nothing'; there are cpu-only
                    verify                   | Missing required option: '--ledger=<ledger>'
                    replay                   | Missing required parameter
                    launch                   | loadgen: unexpected 'launch'
                    ""                       | loadgen: Missing required subcommand
                    """)
    void saysInOneLineWhatIsWrong(String arguments, String expected) {
        String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");
        assertThat(run(words)).isEqualTo(2);
        assertThat(errors.toString().lines()).singleElement().asString().contains(expected);
    }

    @Test
    void aLedgerOfAnotherRunIsNamedByWhatDiffers() throws Exception {
        String ledger = directory.resolve("a.ledger").toString();
        String[] load = {"load", "--url", nobody(), "--ledger", ledger, "--retry-for", "0s"};
        assertThat(run(with(load, "--scale", "10", "--span", "1m"))).isEqualTo(1);
        errors.getBuffer().setLength(0);
        assertThat(run(with(load, "--scale", "20", "--span", "1m"))).isEqualTo(2);
        assertThat(errors.toString().lines())
                .singleElement()
                .asString()
                .contains("(scale 10, here 20)");
    }

    /// An address at which nothing listens.
    private static String nobody() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "http://127.0.0.1:" + socket.getLocalPort();
        }
    }

    private static String[] with(String[] arguments, String... more) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return all;
    }
}
