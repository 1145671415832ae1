package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The script `./tsdb` in a tree of its own, with a JDK and a Maven that only say how they were
/// called.
class LauncherTest {
    @TempDir Path directory;
    private Path tree;
    private Path jdk25;
    private final Map<String, String> environment = new HashMap<>();

    private record Run(int status, List<String> out, String err) {
        boolean built() {
            return out.stream().anyMatch(line -> line.startsWith("mvn "));
        }

        String java() {
            return out.stream().filter(l -> l.startsWith("java ")).findFirst().orElse("");
        }
    }

    @BeforeEach
    void plantTree() throws IOException {
        tree = Files.createDirectory(directory.resolve("a tree"));
        Files.copy(Path.of("..", "tsdb"), tree.resolve("tsdb"), StandardCopyOption.COPY_ATTRIBUTES);
        Path launch = Path.of("deploy", "package", "jvm.sh");
        Files.createDirectories(tree.resolve(launch).getParent());
        Files.copy(Path.of("..").resolve(launch), tree.resolve(launch));
        Files.createFile(tree.resolve("pom.xml"));
        for (String module :
                List.of("tsdb-storage", "tsdb-ingest", "tsdb-query", "tsdb-cluster", "loadgen")) {
            Files.createDirectories(tree.resolve(module).resolve("src/main/java"));
            Files.createFile(tree.resolve(module).resolve("pom.xml"));
            Files.createFile(tree.resolve(module).resolve("src/main/java/A.java"));
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(
                        file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
            }
        }
        jdk25 = jdk("jdk-25", "25.0.3");
        Path tools = Files.createDirectory(directory.resolve("tools"));
        script(
                tools.resolve("mvn"),
                "echo \"mvn $*\"; mkdir -p tsdb-cluster/target loadgen/target; touch"
                        + " tsdb-cluster/target/tsdb.options");
        environment.put("PATH", tools + ":/usr/bin:/bin");
        environment.put("TSDB_JDK_FOLDERS", jdk25.getParent() + "/jdk-*");
        environment.put("HOME", directory.toString());
    }

    private Path jdk(String name, String version) throws IOException {
        Path bin = Files.createDirectories(directory.resolve("jdks").resolve(name).resolve("bin"));
        script(
                bin.resolve("java"),
                "printf 'java'; printf ' [%s]' \"$@\"; echo; echo from "
                        + name
                        + "\nfor a; do case $a in -XX:AOTCacheOutput=*)"
                        + " [ ! -e \"$HOME/hang-up\" ] || kill -HUP $(ps -o ppid= -p $PPID);"
                        + " [ -e \"$HOME/no-record\" ] || echo recorded >\"${a#*=}\";; esac; done");
        script(bin.resolve("javac"), "exit 1");
        Path home = directory.resolve("jdks").resolve(name);
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private static void script(Path path, String text) throws IOException {
        Files.writeString(path, "#!/bin/bash\n" + text + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Run run(String... args) throws IOException, InterruptedException {
        var command = Stream.concat(Stream.of(tree + "/tsdb"), Stream.of(args)).toList();
        Path err = directory.resolve("err");
        var builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        List<String> out =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        // what Maven prints goes to standard error, so that scripts read only the command's output
        String errors = Files.readString(err);
        return new Run(
                process.exitValue(), Stream.concat(errors.lines(), out.stream()).toList(), errors);
    }

    @Test
    void buildsOnceAndRuns() throws Exception {
        Run first = run("version");
        assertThat(first.status()).isZero();
        assertThat(first.out())
                .contains("mvn -q -B -Dmaven.test.skip=true -pl tsdb-cluster -am package");
        assertThat(first.err()).contains("building tsdb-cluster");
        assertThat(first.java()).endsWith("[io.tsdb.cluster.node.Main] [version]");
        assertThat(first.java()).contains("[" + tree + "/tsdb-cluster/target/lib/*]");

        Run second = run("version");
        assertThat(second.built()).isFalse();
        assertThat(second.err()).isEmpty();
    }

    @Test
    void buildsAgainWhenASourceIsNewer() throws Exception {
        run("version");
        Files.setLastModifiedTime(
                tree.resolve("tsdb-query/src/main/java/A.java"),
                FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(run("version").built()).isTrue();
    }

    @Test
    void passesArgumentsAsTheyAre() throws Exception {
        assertThat(run("sql", "-c", "select * from \"a b\"", "").java())
                .endsWith("[sql] [-c] [select * from \"a b\"] []");
    }

    @Test
    void worksFromAnywhereThroughALink() throws Exception {
        Path link = directory.resolve("link");
        Files.createSymbolicLink(link, tree.resolve("tsdb"));
        var builder = new ProcessBuilder(link.toString(), "version").redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().remove("JAVA_HOME");
        Process process = builder.directory(directory.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(out).contains("[-Dtsdb.home=" + tree + "]");
    }

    @Test
    void aServerHasTheFlagsOfTheDependenciesAndTheCollectorOfTheUser() throws Exception {
        String options = "[@" + tree + "/tsdb-cluster/target/tsdb.options]";
        environment.put("TSDB_MEMORY_MIB", "4096");
        assertThat(run("start").java())
                .contains(options)
                .contains(
                        "[-XX:+UseParallelGC] [-XX:MaxRAMPercentage=35] [-XX:MetaspaceSize=96m]"
                                + " [-XX:MaxRAM=4096m] [-XX:MaxNewSize=256m]");
        environment.put("TSDB_MEMORY_MIB", "512");
        assertThat(run("start").java()).contains("[-XX:MaxRAM=512m]").doesNotContain("MaxNewSize");
        for (String wrong : List.of("2g", "-1", "0", "1.5")) {
            environment.put("TSDB_MEMORY_MIB", wrong);
            var refused = run("start");
            assertThat(refused.status()).isEqualTo(2);
            assertThat(refused.err())
                    .isEqualTo(
                            "tsdb: TSDB_MEMORY_MIB is a number of MiB, such as 2048; it is '"
                                    + wrong
                                    + "'\n");
        }
        environment.remove("TSDB_MEMORY_MIB");
        assertThat(run("start").java())
                .containsPattern(
                        "\\[-XX:\\+UseParallelGC\\] \\[-XX:MaxRAMPercentage=35\\]"
                                + " \\[-XX:MetaspaceSize=96m\\] \\[-XX:MaxRAM=\\d+m\\]");
        environment.put("TSDB_JVM_FLAGS", "-XX:+UseZGC -Xmx3g");
        assertThat(run("start").java())
                .contains("[-XX:+UseZGC] [-Xmx3g]")
                .doesNotContain("ParallelGC")
                .doesNotContain("MaxRAMPercentage");
        assertThat(run("version").java()).doesNotContain(options);
    }

    @Test
    void recordsHowANodeRunsOnceAfterABuild() throws Exception {
        String recording = tree + "/tsdb-cluster/target/tsdb.aot";
        Run first = run("start");
        assertThat(first.err()).contains("recording how a node runs");
        assertThat(first.java()).contains("[-XX:AOTCache=" + recording + "]").endsWith("[start]");
        assertThat(Path.of(tree + "/tsdb-cluster/target/record.log"))
                .content()
                .contains("[-XX:+UseParallelGC]")
                .contains("[train]");

        environment.put("TSDB_JVM_FLAGS", "-XX:+UseZGC");
        Run second = run("start");
        assertThat(second.err()).isEmpty();
        assertThat(second.java()).contains("[-XX:AOTCache=" + recording + "]");

        Files.setLastModifiedTime(
                tree.resolve("tsdb-query/src/main/java/A.java"),
                FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(run("start").err()).contains("building").contains("recording how a node runs");
    }

    /// As by `systemctl reload`, which signals the process that becomes the node: it still does.
    @Test
    void aSignalWhileItRecordsDoesNotEndTheStart() throws Exception {
        Files.createFile(directory.resolve("hang-up"));
        Run first = run("start");
        assertThat(first.err()).contains("recording how a node runs");
        assertThat(first.status()).isZero();
        assertThat(first.java()).contains("[-XX:AOTCache=").endsWith("[start]");
    }

    /// `mvn verify` makes jars too, and the JVM takes a recording for its own jars only.
    @Test
    void recordsAgainWhenMavenMadeOtherJars() throws Exception {
        run("start");
        Path jar = tree.resolve("tsdb-cluster/target/lib/tsdb-query.jar");
        Files.createDirectories(jar.getParent());
        Files.createFile(jar);
        Files.setLastModifiedTime(
                tree.resolve("tsdb-cluster/target/tsdb.aot"),
                FileTime.from(Instant.now().minusSeconds(60)));
        Files.setLastModifiedTime(
                tree.resolve("tsdb-cluster/target/tsdb.options"),
                FileTime.from(Instant.now().minusSeconds(120)));
        Files.setLastModifiedTime(
                tree.resolve("tsdb-query/src/main/java/A.java"),
                FileTime.from(Instant.now().minusSeconds(180)));
        Run again = run("start");
        assertThat(again.built()).isFalse();
        assertThat(again.err()).contains("recording how a node runs");
        assertThat(run("start").err()).isEmpty();
    }

    @Test
    void startsWithoutARecordingThatFailedAndDoesNotTryAgain() throws Exception {
        Files.createFile(directory.resolve("no-record"));
        Run first = run("start");
        assertThat(first.status()).isZero();
        assertThat(first.err()).contains("that did not work").contains("record.log");
        assertThat(first.java()).doesNotContain("AOTCache").endsWith("[start]");
        assertThat(run("start").err()).isEmpty();
    }

    @Test
    void recordsNothingWhereThatIsOffAndForCommandsThatAreNoNode() throws Exception {
        environment.put("TSDB_RECORDING", "off");
        assertThat(run("start").java()).doesNotContain("AOTCache");
        environment.remove("TSDB_RECORDING");
        assertThat(run("version").out()).noneMatch(line -> line.contains("recording"));
    }

    @Test
    void skipsAnOlderJdk() throws Exception {
        environment.put("JAVA_HOME", jdk("old", "17.0.1").toString());
        assertThat(run("version").out()).contains("from jdk-25");
    }

    @Test
    void takesJavaHomeFirst() throws Exception {
        environment.put("JAVA_HOME", jdk("mine", "25.0.1").toString());
        assertThat(run("version").out()).contains("from mine");
    }

    @Test
    void saysHowToGetAJdk() throws Exception {
        environment.put("TSDB_JDK_FOLDERS", directory.resolve("jdks") + "/none-*");
        // only what the script itself needs: the machine's own Java may be on the path
        Path tools = directory.resolve("tools");
        for (String tool : List.of("bash", "dirname", "readlink", "sed", "find", "mkdir")) {
            script(tools.resolve(tool), "exec " + which(tool) + " \"$@\"");
        }
        environment.put("PATH", tools.toString());
        Run run = run("version");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).startsWith("tsdb: no JDK 25 found").contains("openjdk-25-jdk");
        assertThat(run.built()).isFalse();
    }

    @Test
    void saysThatMavenIsMissing() throws Exception {
        Path tools = Files.createDirectory(directory.resolve("no-maven"));
        for (String tool : List.of("bash", "dirname", "readlink", "sed", "find", "mkdir")) {
            script(tools.resolve(tool), "exec " + which(tool) + " \"$@\"");
        }
        environment.put("PATH", tools.toString());
        Run run = run("version");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("Maven").contains("apt install maven");
    }

    private static Path which(String tool) {
        return Stream.of("/usr/bin/", "/bin/")
                .map(folder -> Path.of(folder + tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }
}
