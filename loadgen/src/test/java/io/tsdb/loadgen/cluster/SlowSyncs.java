package io.tsdb.loadgen.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A disk that takes long to sync, by `strace` attached to all threads of a process.
final class SlowSyncs {
    private static final String CALLS = "fsync,fdatasync";
    private static final long SECONDS_MAX = 60;

    private final Process strace;

    private SlowSyncs(Process strace) {
        this.strace = strace;
    }

    /// Whether there is strace, and the right to trace.
    static boolean arePossible() throws InterruptedException {
        try {
            Process tried =
                    new ProcessBuilder("strace", "-o", "/dev/null", "true")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return tried.waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    static SlowSyncs of(long pid, Duration longer) throws IOException {
        Process strace =
                new ProcessBuilder(
                                "strace",
                                "-f",
                                "-o",
                                "/dev/null",
                                "-p",
                                Long.toString(pid),
                                "-e",
                                "trace=" + CALLS,
                                "-e",
                                "inject=" + CALLS + ":delay_exit=" + longer.toNanos() / 1000)
                        .redirectErrorStream(true)
                        .start();
        var said =
                new BufferedReader(
                        new InputStreamReader(strace.getInputStream(), StandardCharsets.UTF_8));
        String line = said.readLine();
        if (line == null || !line.contains("attached")) {
            strace.destroy();
            throw new IOException("strace: " + line);
        }
        Thread.ofPlatform().daemon().start(() -> said.lines().forEach(_ -> {}));
        return new SlowSyncs(strace);
    }

    void end() throws InterruptedException {
        // by its handle: Process.destroy() would close the pipe that its last words come through
        strace.toHandle().destroy();
        if (!strace.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new IllegalStateException("strace does not end");
        }
    }
}
