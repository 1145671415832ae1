package io.tsdb.cluster.node.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// The text of every setting and where it comes from: command line, else environment, else file,
/// else default.
///
/// @param entries one for every [ConfigKey]
public record ConfigSources(Map<ConfigKey, Entry> entries) {
    private static final String MASK = "***";
    private static final String FILE_SUFFIX = "_FILE";

    /// One letter left out, too many, or wrong, or two that changed places.
    private static final int STRANGER_DISTANCE = 2;

    /// @param origin for messages: `option --http`, `tsdb.conf:12`, `default`
    public record Entry(String text, String origin) {}

    public ConfigSources {
        entries = Map.copyOf(entries);
        if (entries.size() != ConfigKey.values().length) {
            throw new IllegalArgumentException("settings without a value");
        }
    }

    /// @param file to read, empty: none
    /// @param options values given on the command line
    /// @throws ConfigException when the file cannot be read, or has a line that is no setting
    public static ConfigSources resolve(
            Optional<Path> file, Map<String, String> environment, Map<ConfigKey, String> options) {
        var entries = new EnumMap<ConfigKey, Entry>(ConfigKey.class);
        for (ConfigKey key : ConfigKey.values()) {
            entries.put(key, new Entry(key.defaultText(), "default"));
        }
        file.ifPresent(path -> readFile(path, entries));
        for (ConfigKey key : ConfigKey.values()) {
            String variable = key.environmentVariable();
            if (environment.containsKey(variable)) {
                String text = environment.getOrDefault(variable, "");
                entries.put(key, new Entry(text.strip(), "environment variable " + variable));
            }
            if (key.isSecret() && environment.containsKey(variable + FILE_SUFFIX)) {
                entries.put(key, secretIn(environment, variable));
            }
        }
        options.forEach((key, text) -> entries.put(key, new Entry(text, "option " + key.option())));
        return new ConfigSources(entries);
    }

    /// As container platforms hand secrets in: the variable names a file, which holds the value.
    private static Entry secretIn(Map<String, String> environment, String variable) {
        String named = variable + FILE_SUFFIX;
        if (environment.containsKey(variable)) {
            throw new ConfigException(variable + " and " + named + " are both set: keep one");
        }
        Path file = Path.of(environment.getOrDefault(named, "").strip());
        try {
            return new Entry(Files.readString(file).strip(), "file " + file + " of " + named);
        } catch (IOException e) {
            throw new ConfigException(named + ": " + file + " cannot be read: " + e);
        }
    }

    /// Variables that look like a setting and are none, with what was meant; others with `TSDB_` in
    /// front are of the launcher, of clients, or of a platform that names its services so.
    public static List<String> strangers(Map<String, String> environment) {
        var known = new TreeSet<String>();
        for (ConfigKey key : ConfigKey.values()) {
            known.add(key.environmentVariable());
            if (key.isSecret()) {
                known.add(key.environmentVariable() + FILE_SUFFIX);
            }
        }
        return environment.keySet().stream()
                .filter(name -> name.startsWith("TSDB_") && !known.contains(name))
                .sorted()
                .flatMap(
                        name ->
                                known.stream()
                                        .filter(one -> editDistance(name, one) <= STRANGER_DISTANCE)
                                        .findFirst()
                                        .map(
                                                one ->
                                                        "environment variable "
                                                                + name
                                                                + " is no setting; did you mean "
                                                                + one
                                                                + "?")
                                        .stream())
                .toList();
    }

    /// Settings that have another value here than there.
    public Set<ConfigKey> differencesTo(ConfigSources other) {
        var differing = EnumSet.noneOf(ConfigKey.class);
        for (ConfigKey key : ConfigKey.values()) {
            if (!entry(key).text().equals(other.entry(key).text())) {
                differing.add(key);
            }
        }
        return differing;
    }

    /// These, but of some keys the entries of others.
    public ConfigSources withOldOf(ConfigSources others, Predicate<ConfigKey> which) {
        var merged = new EnumMap<>(entries);
        for (ConfigKey key : ConfigKey.values()) {
            if (which.test(key)) {
                merged.put(key, others.entry(key));
            }
        }
        return new ConfigSources(merged);
    }

    /// These, but of some keys other values.
    ///
    /// @param origin of these, for messages
    public ConfigSources with(Map<ConfigKey, String> values, String origin) {
        var merged = new EnumMap<>(entries);
        values.forEach((key, text) -> merged.put(key, new Entry(text, origin)));
        return new ConfigSources(merged);
    }

    private static void readFile(Path path, Map<ConfigKey, Entry> entries) {
        List<String> lines;
        try {
            lines = Files.readAllLines(path);
        } catch (IOException e) {
            throw new ConfigException("configuration file " + path + " cannot be read: " + e);
        }
        for (int number = 1; number <= lines.size(); number++) {
            String line = withoutComment(lines.get(number - 1));
            if (line.isEmpty()) {
                continue;
            }
            String at = path + ":" + number;
            int equals = line.indexOf('=');
            if (equals < 0) {
                throw new ConfigException(at + ": no setting (key = value): " + line);
            }
            String name = line.substring(0, equals).strip();
            ConfigKey key =
                    ConfigKey.of(name)
                            .orElseThrow(() -> new ConfigException(at + ": " + unknown(name)));
            entries.put(key, new Entry(line.substring(equals + 1).strip(), at));
        }
    }

    /// A `#` starts a comment at the start of a line or after a blank.
    private static String withoutComment(String line) {
        String text = line.strip();
        if (text.startsWith("#")) {
            return "";
        }
        int comment = text.indexOf(" #");
        return comment < 0 ? text : text.substring(0, comment).strip();
    }

    private static String unknown(String name) {
        ConfigKey nearest = ConfigKey.DATA;
        int best = Integer.MAX_VALUE;
        for (ConfigKey key : ConfigKey.values()) {
            int distance = editDistance(name, key.key());
            if (distance < best) {
                best = distance;
                nearest = key;
            }
        }
        return best <= 3
                ? "unknown setting '" + name + "'; did you mean '" + nearest.key() + "'?"
                : "unknown setting '" + name + "'; tsdb start --help lists them";
    }

    private static int editDistance(String a, String b) {
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(last[j - 1] + same, 1 + Math.min(last[j], row[j - 1]));
            }
            last = row;
        }
        return last[b.length()];
    }

    /// Every setting as a line of a configuration file, with its origin; secrets masked.
    public String print() {
        var text = new StringBuilder();
        for (ConfigKey key : ConfigKey.values()) {
            Entry entry = entry(key);
            boolean hidden = key.isSecret() && !entry.text().isEmpty();
            String setting = key.key() + " = " + (hidden ? MASK : entry.text());
            text.append("%-40s # %s\n".formatted(setting.stripTrailing(), entry.origin()));
        }
        return text.toString();
    }

    Entry entry(ConfigKey key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            throw new IllegalStateException("BUG: no value for " + key);
        }
        return entry;
    }

    /// Secrets are not for logs.
    @Override
    public String toString() {
        return print();
    }
}
