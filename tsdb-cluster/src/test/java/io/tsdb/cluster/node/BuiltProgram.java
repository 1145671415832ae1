package io.tsdb.cluster.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The JVM flags and the class path of a process of `tsdb`. Where the module is packaged, as in
/// `mvn verify`, these are the jars, flags and recording that `./tsdb` starts: what is tested is
/// what is used, and a start takes a fraction of one from class files. Elsewhere, as in `mvn test`,
/// it is what the test itself runs with.
///
/// @param flags of the JVM, in front of those of a test: the last one of a kind counts
record BuiltProgram(Class<?> program, List<String> flags, String classPath) {
    private static final BuiltProgram MAIN = find();

    /// `tsdb` itself, or a program of the tests.
    static BuiltProgram of(Class<?> program) {
        return program == Main.class ? MAIN : fromClasses(program);
    }

    /// From class files: without the recording, whose classes take no memory of the JVM's, and with
    /// the classes of the tests.
    static BuiltProgram fromClasses(Class<?> program) {
        var flags = new ArrayList<String>();
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // without the vector module, as ./tsdb starts it
            if (flag.startsWith("--") && !flag.startsWith("--add-modules")) {
                flags.add(flag);
            }
        }
        return new BuiltProgram(program, flags, System.getProperty("java.class.path"));
    }

    private static BuiltProgram find() {
        Path main =
                Path.of(
                        URI.create(
                                Main.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toString()));
        if (Files.isDirectory(main)) {
            return fromClasses(Main.class);
        }
        try {
            return packaged(main.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BuiltProgram packaged(Path jar) throws IOException, InterruptedException {
        Path lib = jar.resolve("..").normalize();
        Path options = lib.resolveSibling("tsdb.options");
        Path recording = lib.resolveSibling("tsdb.aot");
        Path home = lib.resolve("../../..").normalize();
        record(
                "home='%s' jdk='%s' lib='%s' options='%s' recording='%s' record_log='%s'; . '%s'; is_recorded || record"
                        .formatted(
                                home,
                                System.getProperty("java.home"),
                                lib,
                                options,
                                recording,
                                lib.resolveSibling("record.log"),
                                home.resolve("deploy/package/jvm.sh")));
        var flags = new ArrayList<String>();
        if (Files.size(recording) > 0) {
            flags.addAll(List.of("-XX:AOTCache=" + recording, "-Xlog:aot=off", "-Xlog:cds=off"));
        }
        flags.add("@" + options);
        return new BuiltProgram(Main.class, flags, lib + "/*");
    }

    /// Once after a build, as the first start of `./tsdb` does.
    private static void record(String script) throws IOException, InterruptedException {
        Process shell =
                new ProcessBuilder("sh", "-eu", "-c", script)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (shell.waitFor() != 0) {
            throw new IOException("recording ended with " + shell.exitValue() + ": " + script);
        }
    }
}
