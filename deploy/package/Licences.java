import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Licences of what an installation is made of: the table `licences.tsv` held against the jars, and
/// the texts that go along, out of the jars where they have them.
final class Licences {
    private static final Pattern VERSION = Pattern.compile("-\\d.*?(-native)?(?:-linux-x86_64)?$");
    private static final Pattern TEXT =
            Pattern.compile("(?i)META-INF/.*(licen[sc]e|notice|copying)[^/]*");
    private static final List<String> OURS = List.of("tsdb-", "loadgen-");

    private final Map<String, Entry> table;
    private final Path texts;

    private record Entry(String licence, String copyright) {
        /// What is chosen where there is a choice.
        String taken() {
            return licence.split(" OR ")[0];
        }
    }

    /// @param texts folder of the texts of licences, `LICENCE.txt`
    Licences(Path table, Path texts) throws IOException {
        this.texts = texts;
        this.table = new TreeMap<>();
        for (String line : Files.readAllLines(table)) {
            if (!line.startsWith("#")) {
                String[] cells = line.split("\t");
                this.table.put(cells[0], new Entry(cells[1], cells.length > 2 ? cells[2] : ""));
            }
        }
    }

    /// Name of a jar without its version: `netty-transport-native-epoll` of
    /// `netty-transport-native-epoll-4.2.18.Final-linux-x86_64.jar`.
    static String nameOf(String jar) {
        String bare = jar.substring(0, jar.length() - ".jar".length());
        return VERSION.matcher(bare).replaceFirst("$1");
    }

    /// Writes the list and the texts to the folder `target`.
    ///
    /// @throws IOException when a jar is not in the table, or the table names one that is not there
    void write(Path libraries, Path target) throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(libraries)) {
            jars = files.filter(f -> isForeign(f.getFileName().toString())).sorted().toList();
        }
        List<String> names =
                jars.stream().map(jar -> nameOf(jar.getFileName().toString())).toList();
        compare(names);
        var lines = new ArrayList<String>();
        lines.add("What tsdb is made of besides its own code (Apache-2.0, see LICENSE).");
        lines.add("The Java runtime in runtime/ has its licences in runtime/legal.");
        lines.add("");
        for (Path jar : jars) {
            String file = jar.getFileName().toString();
            Entry entry = table.get(nameOf(file));
            List<String> own = copyTexts(jar, target.resolve(nameOf(file)));
            lines.add(file + ": " + entry.licence());
            if (!entry.copyright().isEmpty()) {
                lines.add("    " + entry.copyright());
            }
            if (own.stream().noneMatch(name -> name.toLowerCase().contains("licen"))) {
                own = new ArrayList<>(own);
                own.add(copyText(entry, file, target));
            }
            own.forEach(name -> lines.add("    " + name));
        }
        Files.write(target.resolve("THIRD-PARTY.txt"), lines);
    }

    private static boolean isForeign(String file) {
        return file.endsWith(".jar") && OURS.stream().noneMatch(file::startsWith);
    }

    private void compare(List<String> names) throws IOException {
        var unknown = new ArrayList<>(names);
        unknown.removeAll(table.keySet());
        var gone = new ArrayList<>(table.keySet());
        gone.removeAll(names);
        if (!unknown.isEmpty() || !gone.isEmpty()) {
            throw new IOException(
                    "deploy/package/licences.tsv lacks "
                            + unknown
                            + " and lists, though no jar is"
                            + " there, "
                            + gone);
        }
    }

    private String copyText(Entry entry, String jar, Path target) throws IOException {
        String name = entry.taken() + ".txt";
        if (!Files.exists(target.resolve(name))) {
            Path text = texts.resolve(name);
            if (!Files.exists(text)) {
                throw new IOException(jar + " has no text of its licence, and there is no " + text);
            }
            Files.copy(text, target.resolve(name));
        }
        return name;
    }

    /// The texts that a jar has, as paths below the folder of all.
    private static List<String> copyTexts(Path jar, Path folder) throws IOException {
        var names = new ArrayList<String>();
        try (var zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> found =
                    zip.stream()
                            .filter(e -> !e.isDirectory() && !e.getName().endsWith(".class"))
                            .filter(e -> TEXT.matcher(e.getName()).matches())
                            .toList();
            for (ZipEntry entry : found) {
                String name = Path.of(entry.getName()).getFileName().toString();
                Files.createDirectories(folder);
                try (InputStream in = zip.getInputStream(entry)) {
                    Files.write(folder.resolve(name), in.readAllBytes());
                }
                names.add(folder.getFileName() + "/" + name);
            }
        }
        return names;
    }
}
