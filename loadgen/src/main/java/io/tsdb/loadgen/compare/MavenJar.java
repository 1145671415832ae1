package io.tsdb.loadgen.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Jars by Maven coordinates, copied by the `mvn` on the PATH.
final class MavenJar {
    private MavenJar() {}

    /// Copies a jar into a directory, unless it is there.
    ///
    /// @return the jar; empty when there is no Maven or the coordinates do not resolve
    static Optional<Path> copy(String group, String artifact, String version, Path directory)
            throws IOException, InterruptedException {
        Path jar = directory.resolve(artifact + "-" + version + ".jar");
        if (Files.exists(jar)) {
            return Optional.of(jar);
        }
        if (Probe.executable("mvn").isEmpty()) {
            return Optional.empty();
        }
        Process copy =
                new ProcessBuilder(
                                "mvn",
                                "-q",
                                "-B",
                                "dependency:copy",
                                "-Dartifact=" + String.join(":", List.of(group, artifact, version)),
                                "-DoutputDirectory=" + directory)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("maven.log").toFile())
                        .start();
        int status = copy.waitFor();
        return status == 0 && Files.exists(jar) ? Optional.of(jar) : Optional.empty();
    }
}
