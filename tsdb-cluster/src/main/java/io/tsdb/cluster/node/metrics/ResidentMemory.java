package io.tsdb.cluster.node.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Memory of this process that is in RAM, as Linux says it.
final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String FIELD = "VmRSS:";

    private ResidentMemory() {}

    /// 0 where the system does not say.
    static long bytes() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(FIELD)) {
                    String kibibytes = line.substring(FIELD.length()).replace("kB", "").strip();
                    return Long.parseLong(kibibytes) << 10;
                }
            }
        } catch (IOException | NumberFormatException _) {
            return 0; // another system
        }
        return 0;
    }
}
