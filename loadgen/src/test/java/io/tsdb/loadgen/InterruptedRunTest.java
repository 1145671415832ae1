package io.tsdb.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A run as a process of its own, ended from outside.
class InterruptedRunTest {
    @TempDir Path directory = Path.of("");

    private Process start(MemoryServer server, Path ledger, Path output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.tsdb.loadgen.Main",
                        "load",
                        "--url",
                        server.url(),
                        "--scale",
                        "50",
                        "--batch",
                        "50",
                        "--duration",
                        "1h",
                        "--duplicates",
                        "0.1",
                        "--quiet",
                        "--ledger",
                        ledger.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    @Test
    void reportsWhatWasWhenItIsInterrupted() throws IOException, InterruptedException {
        CountDownLatch loading = new CountDownLatch(20);
        Path output = directory.resolve("output");
        Path ledger = directory.resolve("ledger");
        try (MemoryServer server = new MemoryServer()) {
            server.onWrite(
                    _ -> {
                        loading.countDown();
                        return MemoryServer.Behaviour.ACCEPT;
                    });
            Process run = start(server, ledger, output);
            assertThat(loading.await(60, TimeUnit.SECONDS)).isTrue();
            run.destroy();
            assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(output))
                    .contains("ended because it was interrupted")
                    .contains("acknowledged");
            assertThat(Main.run("verify", "--url", server.url(), "--ledger", ledger.toString()))
                    .isZero();
        }
    }

    @Test
    void losesNoAcknowledgementWhenItIsKilled() throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Path ledger = directory.resolve("ledger");
        try (MemoryServer server = new MemoryServer()) {
            for (int round = 0; round < 2; round++) {
                CountDownLatch loading = new CountDownLatch(30);
                server.onWrite(
                        _ -> {
                            loading.countDown();
                            return MemoryServer.Behaviour.ACCEPT;
                        });
                Process run = start(server, ledger, output);
                assertThat(loading.await(60, TimeUnit.SECONDS)).isTrue();
                run.destroyForcibly();
                assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(Files.readString(output)).contains("going on after");
            List<String> verify =
                    List.of("verify", "--url", server.url(), "--ledger", ledger.toString());
            assertThat(Main.run(verify.toArray(String[]::new))).isZero();
        }
    }
}
