package io.tsdb.cluster.node.crash;

import org.junit.jupiter.api.Assumptions;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `strace` attached to all threads of a process: sees its system calls, or makes them fail or
/// wait.
public final class Strace implements AutoCloseable {
    private final Process process;

    private Strace(Process process) {
        this.process = process;
    }

    /// Skips the test where there is no strace, or no right to trace.
    public static void assumeThere() throws IOException, InterruptedException {
        boolean there;
        try {
            Process tried =
                    new ProcessBuilder("strace", "-o", "/dev/null", "true")
                            .redirectErrorStream(true)
                            .start();
            tried.getInputStream().readAllBytes();
            there = tried.waitFor() == 0;
        } catch (IOException _) {
            there = false;
        }
        Assumptions.assumeTrue(there, "skipped: strace is not installed or may not trace here");
    }

    /// Attaches to a process and waits until its threads are traced.
    public static Strace attach(long pid, String... options) throws IOException {
        var command = new ArrayList<>(List.of("strace", "-f", "-y", "-p", Long.toString(pid)));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = said.readLine();
        if (line == null || !line.contains("attached")) {
            process.destroy();
            throw new IOException("strace: " + line);
        }
        Thread.ofPlatform().daemon().start(() -> said.lines().forEach(_ -> {}));
        return new Strace(process);
    }

    /// Lets the process go on alone; what was traced is written when this returns.
    public void detach() throws InterruptedException {
        // by its handle: Process.destroy() would close the pipe that its last words come through
        process.toHandle().destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("strace does not end");
        }
    }

    @Override
    public void close() {
        process.toHandle().destroy();
    }
}
