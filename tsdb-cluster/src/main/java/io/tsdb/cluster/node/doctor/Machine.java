package io.tsdb.cluster.node.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What Linux says about itself in `/proc` and `/sys`; nothing on other systems. Any thread.
///
/// @param root where these are: `/`
public record Machine(Path root) {
    /// The first line of a file.
    Optional<String> line(String path) {
        List<String> lines = lines(path);
        return lines.isEmpty() ? Optional.empty() : Optional.of(lines.getFirst().strip());
    }

    List<String> lines(String path) {
        try {
            return Files.readAllLines(root.resolve(path.substring(1)));
        } catch (IOException _) {
            return List.of(); // another system, or not for us
        }
    }

    OptionalLong number(String path) {
        return line(path).map(Machine::parse).orElse(OptionalLong.empty());
    }

    private static OptionalLong parse(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException _) {
            return OptionalLong.empty(); // "max"
        }
    }

    /// A field of `/proc/meminfo`.
    OptionalLong memoryBytes(String field) {
        for (String line : lines("/proc/meminfo")) {
            if (line.startsWith(field + ":")) {
                String kibibytes = line.substring(field.length() + 1).replace("kB", "").strip();
                OptionalLong parsed = parse(kibibytes);
                return parsed.isPresent()
                        ? OptionalLong.of(parsed.getAsLong() << 10)
                        : OptionalLong.empty();
            }
        }
        return OptionalLong.empty();
    }

    /// The least limit of memory of the control groups that this process is in.
    OptionalLong memoryLimitBytes() {
        var files = new ArrayList<>(List.of("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
        for (String line : lines("/proc/self/cgroup")) {
            if (line.startsWith("0::")) {
                String group = line.substring(3);
                while (true) {
                    files.add("/sys/fs/cgroup" + (group.equals("/") ? "" : group) + "/memory.max");
                    int slash = group.lastIndexOf('/');
                    if (slash < 0 || group.length() <= 1) {
                        break;
                    }
                    group = group.substring(0, slash);
                }
            }
        }
        return files.stream()
                .map(this::number)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .min();
    }

    /// The soft limit of open files of this process, which a JVM raises to the hard one.
    OptionalLong openFilesMax() {
        for (String line : lines("/proc/self/limits")) {
            if (line.startsWith("Max open files")) {
                String[] columns = line.substring("Max open files".length()).strip().split(" +");
                return columns.length > 1 ? parse(columns[1]) : OptionalLong.empty();
            }
        }
        return OptionalLong.empty();
    }
}
