package io.tsdb.cluster.node.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A node of the demonstration: `tsdb start` as a process of its own, with the JVM that this one
/// runs on.
final class NodeProcess implements AutoCloseable {
    private static final String MAIN = "io.tsdb.cluster.node.Main";
    private static final String READY = "ready ";
    private static final long READY_SECONDS_MAX = 120;
    private static final long STOP_SECONDS_MAX = 10;

    private final Process process;
    private final Path log;
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    private NodeProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        Thread.ofPlatform().daemon().name("node-output").start(this::read);
    }

    /// @param log what the node says goes there
    /// @param arguments of `tsdb start`
    static NodeProcess start(Path log, List<String> arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-Xmx320m"); // three of them share the machine
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN, "start"));
        command.addAll(arguments);
        var builder =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // the environment has no say: the demonstration is the same for everybody
        builder.environment().keySet().removeIf(name -> name.startsWith("TSDB_"));
        return new NodeProcess(builder.start(), log);
    }

    private void read() {
        try (var in =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith(READY)) {
                    ready.complete(line.substring(READY.length()));
                }
            }
            ready.completeExceptionally(new IOException("it has ended"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    /// Waits until it serves.
    ///
    /// @return its URL
    String awaitReady() throws IOException, InterruptedException {
        try {
            return ready.get(READY_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a node did not start: " + lastWords(), e);
        }
    }

    private String lastWords() throws IOException {
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        return lines.isEmpty() ? "it said nothing" : lines.getLast();
    }

    long pid() {
        return process.pid();
    }

    /// SIGKILL: it has no chance to put anything in order.
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /// Has it end in order; kills it when it does not.
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
