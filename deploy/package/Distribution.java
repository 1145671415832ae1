import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// Makes `deploy/target/tsdb-VERSION-linux-x64.tar.gz`: the jars, a Java runtime of the modules
/// that are needed, launcher, sample configuration, documents, licences.
///
/// Run by the POM beside it, at package, as a process on JDK 25: `Distribution TREE VERSION`.
final class Distribution {
    /// What the jars ask for, by jdeps; `jdk.compiler`, since Chronicle's flags name it;
    /// `jdk.charsets` for `import --encoding`; `jdk.jcmd` for those who look into a node that runs.
    /// No `java.desktop`: only pictures in a terminal want it. No vector module: see
    /// PERFORMANCE.md.
    private static final List<String> MODULES =
            List.of(
                    "java.base",
                    "java.compiler",
                    "java.logging",
                    "java.management",
                    "java.naming",
                    "java.net.http",
                    "java.sql",
                    "jdk.charsets",
                    "jdk.compiler",
                    "jdk.jcmd",
                    "jdk.jfr",
                    "jdk.management",
                    "jdk.net",
                    "jdk.unsupported",
                    "jdk.zipfs");

    private static final Set<String> NO_DOCUMENTS =
            Set.of("target", "node_modules", ".git", ".ci", "dist", "src", "build", "test");

    /// What the pages point to and people deploy with.
    private static final List<Path> DEPLOYED =
            Stream.of(
                            "LICENSE",
                            "deploy/tsdb.conf",
                            "deploy/compose",
                            "deploy/docker",
                            "deploy/grafana",
                            "deploy/helm",
                            "deploy/prometheus",
                            "deploy/proxy",
                            "grafana-datasource/provisioning")
                    .map(Path::of)
                    .toList();

    private final Path tree;
    private final Path target;
    private final Path image;

    private Distribution(Path tree, String version) {
        this.tree = tree;
        this.target = tree.resolve("deploy/target");
        this.image = target.resolve("tsdb-" + version + "-linux-x64");
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 2) {
            System.err.println("usage: Distribution TREE VERSION");
            System.exit(2);
        }
        String system = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        if (!system.equals("Linux on amd64")) {
            System.out.println(
                    "SKIPPED: the tarball: it is one for Linux on amd64, this is " + system);
            return;
        }
        if (Runtime.version().feature() < 25) {
            System.err.println("the tarball needs a JDK 25, this is " + Runtime.version());
            System.exit(1);
        }
        new Distribution(Path.of(args[0]), args[1]).make();
    }

    private void make() throws IOException, InterruptedException {
        delete(image);
        Files.createDirectories(image);
        copy(runtime(), image.resolve("runtime"));
        Path libraries = image.resolve("lib");
        copy(tree.resolve("tsdb-cluster/target/lib"), libraries);
        checkModules(libraries);
        copyFile("tsdb-cluster/target/tsdb.options", "lib/tsdb.options");
        copyFile("deploy/package/jvm.sh", "lib/jvm.sh");
        copyFile("deploy/package/tsdb.sh", "bin/tsdb");
        Files.setPosixFilePermissions(
                image.resolve("bin/tsdb"), PosixFilePermissions.fromString("rwxr-xr-x"));
        copyLoadGenerator();
        copyFile("deploy/tsdb.conf", "conf/tsdb.conf");
        copyFile("LICENSE", "LICENSE");
        documents();
        Path texts = Files.createDirectories(image.resolve("licences"));
        Files.copy(tree.resolve("LICENSE"), texts.resolve("Apache-2.0.txt"));
        var table = tree.resolve("deploy/package/licences.tsv");
        new Licences(table, tree.resolve("deploy/package/licences")).write(libraries, texts);
        pack();
    }

    /// Linked once for a JDK and a list of modules: it takes longer than all the rest.
    private Path runtime() throws IOException, InterruptedException {
        Path linked = target.resolve("runtime");
        Path mark = target.resolve("runtime.made-of");
        String from =
                Runtime.version() + " " + System.getProperty("java.home") + " " + MODULES + "\n";
        if (Files.exists(mark) && Files.readString(mark).equals(from)) {
            return linked;
        }
        delete(linked);
        run(
                Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
                "--add-modules=" + String.join(",", MODULES),
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--generate-cds-archive",
                "--output=" + linked);
        Files.writeString(mark, from);
        return linked;
    }

    /// What our own code asks of the JDK is linked. `NoClassDefFoundError` in a rare command would
    /// tell it too late.
    private void checkModules(Path libraries) throws IOException {
        var arguments =
                new ArrayList<String>(
                        List.of(
                                "--multi-release=25",
                                "--ignore-missing-deps",
                                "--no-recursive",
                                "--print-module-deps"));
        try (Stream<Path> jars = Files.list(libraries)) {
            jars.filter(jar -> jar.getFileName().toString().startsWith("tsdb-"))
                    .map(Path::toString)
                    .forEach(arguments::add);
        }
        var out = new StringWriter();
        int status =
                ToolProvider.findFirst("jdeps")
                        .orElseThrow()
                        .run(
                                new PrintWriter(out, true),
                                new PrintWriter(System.err, true),
                                arguments.toArray(String[]::new));
        var missing = new ArrayList<String>(List.of(out.toString().strip().split(",")));
        missing.removeAll(MODULES);
        // kernels have a scalar twin for where it is not
        missing.remove("jdk.incubator.vector");
        if (status != 0 || !missing.isEmpty()) {
            throw new IOException("the runtime lacks " + missing + ", see Distribution.MODULES");
        }
    }

    private void copyLoadGenerator() throws IOException {
        Path built = tree.resolve("loadgen/target");
        try (Stream<Path> files = Files.list(built)) {
            List<Path> jars = files.filter(f -> f.toString().endsWith("-all.jar")).toList();
            if (jars.size() != 1) {
                throw new IOException("not one load generator in " + built + ": " + jars);
            }
            Path jar = jars.getFirst();
            copyFile(tree.relativize(jar).toString(), "loadgen/target/" + jar.getFileName());
        }
    }

    /// All pages and what they point to, at the paths that they have in the tree, so that their
    /// links hold.
    private void documents() throws IOException {
        Path docs = image.resolve("docs");
        copyFile("grafana-datasource/src/README.md", "docs/grafana-datasource/src/README.md");
        for (String examples : List.of("function", "error")) {
            String from = "tsdb-query/src/test/resources/sql/" + examples;
            copy(tree.resolve(from), docs.resolve(from));
        }
        Files.walkFileTree(
                tree,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path at, BasicFileAttributes attributes) {
                        return NO_DOCUMENTS.contains(at.getFileName().toString())
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
                        boolean isPage = name.endsWith(".md");
                        boolean isPicture =
                                name.endsWith(".png") && file.toString().contains("/docs/");
                        Path path = tree.relativize(file);
                        if (isPage || isPicture || DEPLOYED.stream().anyMatch(path::startsWith)) {
                            Path to = docs.resolve(path);
                            Files.createDirectories(to.getParent());
                            Files.copy(file, to);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /// The same bytes for the same content, whoever builds it and when.
    private void pack() throws IOException, InterruptedException {
        Path tarball = target.resolve(image.getFileName() + ".tar.gz");
        run(
                "tar",
                "--create",
                "--gzip",
                "--sort=name",
                "--owner=0",
                "--group=0",
                "--numeric-owner",
                "--mtime=" + Instant.parse("2026-01-01T00:00:00Z"),
                "--directory=" + target,
                "--file=" + tarball,
                image.getFileName().toString());
        System.out.println(tree.relativize(tarball) + ": " + (Files.size(tarball) >> 20) + " MiB");
    }

    private void copyFile(String from, String to) throws IOException {
        Path file = image.resolve(to);
        Files.createDirectories(file.getParent());
        Files.copy(tree.resolve(from), file);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> entries = Files.walk(from)) {
            for (Path entry : entries.toList()) {
                Path copied = to.resolve(from.relativize(entry).toString());
                if (Files.isDirectory(entry)) {
                    Files.createDirectories(copied);
                } else {
                    Files.copy(
                            entry,
                            copied,
                            StandardCopyOption.COPY_ATTRIBUTES,
                            LinkOption.NOFOLLOW_LINKS);
                }
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> entries = Files.walk(tree)) {
            entries.sorted(Comparator.reverseOrder())
                    .forEach(
                            entry -> {
                                try {
                                    Files.delete(entry);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        int status =
                new ProcessBuilder(new ArrayList<>(List.of(command))).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException(String.join(" ", command) + " ended with status " + status);
        }
    }
}
