import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import javax.tools.ToolProvider;

/// Compiles the one class that Chronicle Map otherwise writes and compiles in every process that
/// opens a map, with a whole javac on the side: 2 seconds of processor and as much again for
/// compiling javac, just when the first writes come in.
///
/// The library looks for the class before it makes it, so it is made here once, at the build, by
/// the library's own generator, and put among the module's classes. Run by the POM of tsdb-storage
/// with the module's class path.
final class CompileDictionaryState {
    private static final String VALUE_TYPE = "net.openhft.chronicle.hash.VanillaGlobalMutableState";
    private static final String CLASS_NAME = VALUE_TYPE + "$$Native";

    private CompileDictionaryState() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 2) {
            System.err.println("usage: CompileDictionaryState CLASSES-DIRECTORY SOURCES-DIRECTORY");
            System.exit(2);
        }
        String file = CLASS_NAME.replace('.', '/');
        Path compiled = Path.of(args[0], file + ".class");
        Path source = Path.of(args[1], file + ".java");
        if (!Files.exists(compiled)) {
            Files.createDirectories(source.getParent());
            Files.writeString(source, generated());
            compile(source, args[0]);
        }
    }

    /// What the library's generator prints of the class when it is asked to.
    private static String generated() throws ReflectiveOperationException, IOException {
        System.setProperty("chronicle.values.dumpCode", "true");
        PrintStream console = System.out;
        var printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Class.forName("net.openhft.chronicle.values.Values")
                    .getMethod("nativeClassFor", Class.class)
                    .invoke(null, Class.forName(VALUE_TYPE));
        } finally {
            System.setOut(console);
        }
        String code = printed.toString(StandardCharsets.UTF_8);
        int from = code.indexOf("package net.openhft.chronicle.hash;");
        if (from < 0) {
            throw new IllegalStateException("no source of " + CLASS_NAME + " in: " + code);
        }
        return code.substring(from);
    }

    private static void compile(Path source, String classes) {
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                List.of(
                                                "-nowarn",
                                                "-proc:none",
                                                "-cp",
                                                System.getProperty("java.class.path"),
                                                "-d",
                                                classes,
                                                source.toString())
                                        .toArray(String[]::new));
        if (status != 0) {
            throw new IllegalStateException(source + " does not compile");
        }
    }
}
