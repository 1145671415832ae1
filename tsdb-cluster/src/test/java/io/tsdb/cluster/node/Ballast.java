package io.tsdb.cluster.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/// Holds a part of the heap of a process that nobody there counts, as a fault of the program would:
/// an agent of its JVM.
public final class Ballast {
    private static final List<byte[]> HELD = new ArrayList<>();

    private Ballast() {}

    /// Before `main`; called by the JVM.
    public static void premain(String mebibytes) {
        for (int i = 0; i < Integer.parseInt(mebibytes); i++) {
            HELD.add(new byte[1 << 20]);
        }
    }

    /// The flag that has a JVM, with this class on its path, hold so much.
    static String flag(Path directory, int mebibytes) throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", Ballast.class.getName());
        Path jar = directory.resolve("ballast.jar");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        return "-javaagent:" + jar + "=" + mebibytes;
    }
}
