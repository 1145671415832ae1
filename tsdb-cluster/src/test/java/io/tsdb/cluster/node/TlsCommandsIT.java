package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Commands reach a node whose certificate is of an authority that Java does not know: they are
/// told which one to believe.
class TlsCommandsIT {
    @TempDir Path directory;

    private String run(Map<String, String> environment, int status, String... words)
            throws Exception {
        try (TsdbProcess process = TsdbProcess.run(directory, environment, words)) {
            assertThat(process.awaitEnd()).as(process.errors()).isEqualTo(status);
            return process.output() + process.errors();
        }
    }

    @Test
    void commandsBelieveTheAuthorityThatTheyAreTold() throws Exception {
        Path ca = directory.resolve("ca");
        run(Map.of(), 0, "cluster", "ca", "init", "--dir=" + ca);
        run(Map.of(), 0, "cluster", "ca", "issue", "--dir=" + ca, "--name=n", "--host=127.0.0.1");
        String[] tls = {"--tls-cert=" + ca.resolve("n.crt"), "--tls-key=" + ca.resolve("n.key")};
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("data"), tls)) {
            String url = node.awaitReady();
            assertThat(url).startsWith("https://");
            String at = "--url=" + url;
            String trust = "--ca=" + ca.resolve("ca.crt");
            Path lines = Files.writeString(directory.resolve("a.lp"), "m v=1.5 1000\n");
            assertThat(run(Map.of(), 0, "import", at, trust, lines.toString())).contains("1 lines");
            assertThat(run(Map.of(), 0, "export", at, trust, "--measurement=m"))
                    .contains("m v=1.5 1000");
            Map<String, String> told = Map.of("TSDB_CA", ca.resolve("ca.crt").toString());
            assertThat(run(told, 0, "sql", at, "-c", "SELECT v FROM m")).contains("1.500");
            assertThat(run(Map.of(), 1, "check", "--cluster", at, trust))
                    .contains("this node is in no cluster");
            assertThat(run(Map.of(), 1, "sql", at, "-c", "SELECT v FROM m"))
                    .contains("is not believed to be who it says")
                    .contains("--ca FILE names the authority");
            assertThat(run(Map.of(), 1, "sql", at, "--ca=" + lines, "-c", "SELECT v FROM m"))
                    .contains("holds no certificate");
        }
    }
}
