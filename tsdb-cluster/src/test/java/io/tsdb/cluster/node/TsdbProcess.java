package io.tsdb.cluster.node;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// `tsdb` as a process of its own, as it was built; for system tests. Ended by its own id.
public final class TsdbProcess implements AutoCloseable {
    private static final String READY = "ready ";
    private static final long SECONDS_MAX = 120;

    private final Process process;
    private final Path errors;

    /// Where that lies, when it is of this process alone.
    private final @Nullable TemporaryFolder folder;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Thread reader;
    private final List<String> seen = new ArrayList<>();

    private TsdbProcess(Process process, Path errors, @Nullable TemporaryFolder folder) {
        this.process = process;
        this.errors = errors;
        this.folder = folder;
        this.reader = Thread.ofPlatform().daemon().start(this::readLines);
    }

    /// Runs `tsdb ARGUMENTS...`.
    ///
    /// @param directory for what it writes to standard error
    public static TsdbProcess run(Path directory, String... arguments) throws IOException {
        return run(directory, Map.of(), arguments);
    }

    public static TsdbProcess run(
            Path directory, Map<String, String> environment, String... arguments)
            throws IOException {
        return run(BuiltProgram.of(Main.class), directory, null, List.of(), environment, arguments);
    }

    /// With more flags for the JVM, after those that all have: the last one of a kind counts.
    public static TsdbProcess runWith(
            Path directory,
            List<String> jvmFlags,
            Map<String, String> environment,
            String... arguments)
            throws IOException {
        return run(BuiltProgram.of(Main.class), directory, null, jvmFlags, environment, arguments);
    }

    /// Likewise from class files ([BuiltProgram#fromClasses]).
    public static TsdbProcess runFromClasses(
            Path directory, List<String> jvmFlags, String... arguments) throws IOException {
        return run(
                BuiltProgram.fromClasses(Main.class),
                directory,
                null,
                jvmFlags,
                Map.of(),
                arguments);
    }

    private static TsdbProcess run(
            BuiltProgram built,
            Path directory,
            @Nullable TemporaryFolder folder,
            List<String> jvmFlags,
            Map<String, String> environment,
            String... arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(built.flags());
        command.addAll(List.of("-Xmx512m", "-XX:+UseParallelGC", "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(jvmFlags);
        command.addAll(List.of("-cp", built.classPath()));
        command.add(built.program().getName());
        command.addAll(List.of(arguments));
        Path errors = Files.createTempFile(directory, "tsdb-", ".err");
        var builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("TSDB_"));
        // a database of its own would be counted by tests of what there is
        builder.environment().put("TSDB_SYSTEM_METRICS", "off");
        builder.environment().putAll(environment);
        return new TsdbProcess(builder.start(), errors, folder);
    }

    /// `tsdb start` on a data directory and free ports.
    public static TsdbProcess start(Path data, String... more) throws IOException {
        return startAs(Main.class, data, more);
    }

    /// Likewise, another program in place of `tsdb`.
    public static TsdbProcess startAs(Class<?> program, Path data, String... more)
            throws IOException {
        var arguments = new ArrayList<String>();
        arguments.addAll(List.of("start", "--data=" + data, "--http=127.0.0.1:0"));
        arguments.addAll(List.of(more));
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--disk-reserve="))) {
            arguments.add("--disk-reserve=1MiB");
        }
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--line-tcp="))) {
            arguments.add("--line-tcp=127.0.0.1:0");
        }
        TemporaryFolder folder = TemporaryFolder.create("tsdb-it-");
        return run(
                BuiltProgram.of(program),
                folder.path(),
                folder,
                List.of(),
                Map.of(),
                arguments.toArray(String[]::new));
    }

    private void readLines() {
        try (var in =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("(cut off: " + e + ")");
        }
    }

    /// Waits until a node serves.
    ///
    /// @return its URL
    public String awaitReady() throws InterruptedException {
        return awaitLine(READY).substring(READY.length());
    }

    /// Waits until a node serves, or has ended without.
    public boolean awaitReadyOrEnd() throws InterruptedException {
        try {
            awaitReady();
            return true;
        } catch (IllegalStateException _) {
            return false;
        }
    }

    /// Waits for a line on standard output.
    public String awaitLine(String prefix) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (System.nanoTime() < deadline) {
            String line = lines.poll(100, TimeUnit.MILLISECONDS);
            if (line != null) {
                seen.add(line);
                if (line.startsWith(prefix)) {
                    return line;
                }
            } else if (!process.isAlive() && !reader.isAlive()) {
                break;
            }
        }
        throw new IllegalStateException("no line '" + prefix + "...'; " + seen + "\n" + errors());
    }

    /// Waits until it has said something on standard error.
    public void awaitError(String text) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        boolean ended = false;
        while (!errors().contains(text)) {
            if (System.nanoTime() > deadline || ended) {
                throw new IllegalStateException("did not say '" + text + "'\n" + errors());
            }
            ended = process.waitFor(50, TimeUnit.MILLISECONDS);
        }
    }

    /// Waits for its end.
    ///
    /// @return its exit status
    public int awaitEnd() throws InterruptedException {
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new IllegalStateException("still runs; " + seen + "\n" + errors());
        }
        reader.join();
        return process.exitValue();
    }

    /// SIGTERM, and waits for the end.
    ///
    /// @return its exit status
    public int terminate() throws InterruptedException {
        // by its handle: Process.destroy() would close the pipe that its last words come through
        process.toHandle().destroy();
        return awaitEnd();
    }

    /// SIGKILL, and waits for the end.
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }

    public long pid() {
        return process.pid();
    }

    /// Everything on standard output so far.
    public String output() {
        lines.drainTo(seen);
        return String.join("\n", seen);
    }

    /// Everything on standard error so far.
    public String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// SIGKILL, also for what it has started, and waits for the end: what it had open is closed
    /// then.
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
        if (folder != null) {
            folder.close();
        }
    }
}
