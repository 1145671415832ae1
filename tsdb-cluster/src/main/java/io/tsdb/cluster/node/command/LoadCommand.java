package io.tsdb.cluster.node.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/// `tsdb load`: runs the load generator, a program of its own that shares no code with the
/// database, in a process of its own.
@Command(
        name = "load",
        description = {
            "Run the load generator; everything after 'load' goes to it.",
            "What it can do: tsdb load --help"
        })
public final class LoadCommand implements Callable<Integer> {
    /// Set by the launcher: the root of the source tree, or of an installation.
    static final String HOME_PROPERTY = "tsdb.home";

    @Parameters(arity = "0..*", paramLabel = "ARGUMENT", description = "for the load generator")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-jar");
        command.add(jar().toString());
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).inheritIO().start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return process.waitFor();
    }

    private static Path jar() throws IOException {
        Path home = Path.of(System.getProperty(HOME_PROPERTY, "."));
        Path target = home.resolve(Path.of("loadgen", "target"));
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                List<Path> jars =
                        files.filter(f -> f.getFileName().toString().endsWith("-all.jar")).toList();
                if (!jars.isEmpty()) {
                    return jars.getFirst();
                }
            }
        }
        throw new CommandFailure(
                "the load generator is not built: mvn -q -pl loadgen -DskipTests package (in "
                        + home.toAbsolutePath().normalize()
                        + ")");
    }
}
