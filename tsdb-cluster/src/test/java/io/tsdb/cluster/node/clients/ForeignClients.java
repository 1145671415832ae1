package io.tsdb.cluster.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Clients of another language: installed from their package registry in pinned versions into a
/// folder below `target`, once, and run as processes. Where the package manager or its registry
/// cannot be had, the tests are skipped and say why.
///
/// The scripts are `src/test/resources/clients`; each prints one JSON object in its last line.
final class ForeignClients {
    private static final Path SCRIPTS = Path.of("src", "test", "resources", "clients");
    private static final long INSTALL_SECONDS_MAX = 240;
    private static final long RUN_SECONDS_MAX = 60;

    private final Path folder;
    private final List<String> interpreter;

    private ForeignClients(Path folder, List<String> interpreter) {
        this.folder = folder;
        this.interpreter = interpreter;
    }

    /// Clients of npm, by `package-lock.json`.
    static ForeignClients npm() throws IOException, InterruptedException {
        Path folder = copy("npm");
        install(folder, List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
        return new ForeignClients(folder, List.of("node"));
    }

    /// Clients of PyPI, by `requirements.txt`.
    static ForeignClients python() throws IOException, InterruptedException {
        Path folder = copy("python");
        Path python = folder.resolve("venv").resolve("bin").resolve("python").toAbsolutePath();
        install(
                folder,
                List.of("python3", "-m", "venv", "venv"),
                List.of(
                        python.toString(),
                        "-m",
                        "pip",
                        "install",
                        "--quiet",
                        "--disable-pip-version-check",
                        "--only-binary=:all:",
                        "-r",
                        "requirements.txt"));
        return new ForeignClients(folder, List.of(python.toString(), "-W", "ignore"));
    }

    /// Lays the scripts beside what is installed for them.
    private static Path copy(String language) throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "clients", language));
        try (Stream<Path> files = Files.list(SCRIPTS.resolve(language))) {
            for (Path file : files.toList()) {
                Files.write(folder.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
        return folder;
    }

    /// Runs the commands unless they were run for the same list of packages.
    @SafeVarargs
    private static void install(Path folder, List<String>... commands)
            throws IOException, InterruptedException {
        Path list =
                folder.resolve(folder.endsWith("npm") ? "package-lock.json" : "requirements.txt");
        Path done = folder.resolve("installed");
        if (Files.exists(done) && Files.mismatch(list, done) < 0) {
            return;
        }
        for (List<String> command : commands) {
            Ended ended;
            try {
                ended = run(folder, command, INSTALL_SECONDS_MAX);
            } catch (IOException e) {
                abort(command.getFirst() + " is not here: " + e.getMessage());
                return;
            }
            if (ended.status() != 0) {
                abort(String.join(" ", command) + " failed, so no clients: " + ended.output());
            }
        }
        Files.write(done, Files.readAllBytes(list));
    }

    /// Runs a script to its end.
    ///
    /// @return what it printed in its last line
    JsonNode run(String script, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(interpreter);
        command.add(script);
        command.addAll(List.of(arguments));
        Ended ended = run(folder, command, RUN_SECONDS_MAX);
        assertThat(ended.status()).as(ended.output()).isZero();
        List<String> lines = ended.output().strip().lines().toList();
        return JsonMapper.shared().readTree(lines.getLast());
    }

    private record Ended(int status, String output) {}

    private static Ended run(Path folder, List<String> command, long secondsMax)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output-", ".txt");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            boolean ended = process.waitFor(secondsMax, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            String text = Files.readString(output, StandardCharsets.UTF_8);
            return new Ended(
                    process.exitValue(),
                    ended ? text : "not done within " + secondsMax + " s: " + text);
        } finally {
            Files.delete(output);
        }
    }
}
