import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Checks or applies google-java-format (AOSP style) on every Java source of the tree.
///
/// Run by the root POM as a process of its own on JDK 25, because a formatter inside Maven's JVM
/// cannot read Java 25 when Maven runs on 17: `mvn verify` checks, `mvn -q -N -Pformat verify`
/// applies. Exit status 1 when a file is not formatted, or does not parse.
final class FormatTree {
    private static final Set<String> NOT_OURS = Set.of("target", ".git", "node_modules");

    private FormatTree() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 4 || !List.of("check", "apply").contains(args[2])) {
            System.err.println("usage: FormatTree FORMATTER-JAR DIRECTORY check|apply MAVEN-JDK");
            System.exit(2);
        }
        boolean apply = args[2].equals("apply");
        var sources = new ArrayList<String>();
        addSources(Path.of(args[1]), sources);
        Path list = Files.createTempFile("format", ".txt");
        Files.write(list, sources);

        String java = javaOf25(args[3]);
        var command = new ArrayList<String>(List.of(java, "-jar", args[0], "--aosp"));
        command.addAll(apply ? List.of("-i") : List.of("--dry-run", "--set-exit-if-changed"));
        command.add("@" + list);
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        Files.delete(list);
        if (status == 0) {
            System.out.println("format: " + sources.size() + " Java files are in style");
        } else if (!apply) {
            System.out.println("The files above are not formatted: mvn -q -N -Pformat verify");
        }
        System.exit(status);
    }

    /// The JVM this runs on when the toolchain chose it; else Maven runs on 25 itself, and `java`
    /// on the path may be an older one.
    private static String javaOf25(String mavenJdk) {
        boolean chosen = Runtime.version().feature() >= 25;
        String home = chosen ? System.getProperty("java.home") : mavenJdk;
        return Path.of(home, "bin", "java").toString();
    }

    private static void addSources(Path directory, List<String> found) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.sorted().toList()) {
                String name = entry.getFileName().toString();
                if (Files.isDirectory(entry)) {
                    if (!NOT_OURS.contains(name)) {
                        addSources(entry, found);
                    }
                } else if (name.endsWith(".java")) {
                    found.add(entry.toString());
                }
            }
        }
    }
}
