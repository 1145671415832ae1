package io.tsdb.loadgen.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// The machine and the state of the sources, for the head of a comparison.
public final class Machine {
    private Machine() {}

    /// CPU model, cores, memory, system.
    public static String describe() {
        String model = value(Path.of("/proc/cpuinfo"), "model name");
        String memory = value(Path.of("/proc/meminfo"), "MemTotal");
        long kibibytes = memory.isEmpty() ? 0 : Long.parseLong(memory.split(" ")[0]);
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %.0f GiB, %s %s, Java %s",
                model.isEmpty() ? System.getProperty("os.arch") : model,
                Runtime.getRuntime().availableProcessors(),
                kibibytes / 1048576.0,
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                Runtime.version());
    }

    private static String value(Path file, String key) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("");
        } catch (IOException e) {
            // No Linux: the general names must do.
            return "";
        }
    }

    /// Commit of the working directory, or an empty text where there is none.
    public static String commit() throws InterruptedException {
        try {
            String dirty =
                    ServerProcess.run(
                            List.of("git", "status", "--porcelain", "--untracked-files=no"));
            return ServerProcess.run(List.of("git", "rev-parse", "--short", "HEAD"))
                    + (dirty.isEmpty() ? "" : " with changes");
        } catch (IOException e) {
            // not a checkout, or no git
            return "";
        }
    }
}
