package io.tsdb.cluster.node.config;

import io.tsdb.storage.io.FileFailure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The text of every setting and where it comes from: command line, else environment, else file,
/// else default.
///
/// @param entries one for every [ConfigKey]
public record ConfigSources(Map<ConfigKey, Entry> entries) {
    private static final String MASK = "***";

    /// Of the variable that names the file of a secret.
    static final String FILE_SUFFIX = "_FILE";

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
    /// @throws ConfigException when the file cannot be read, or has a line that is no setting, or
    ///   sets one twice, or when the file of a secret has none
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
    /// One that holds nothing is a fault of whoever made it: whoever names a file wants a secret,
    /// and a node without would let everybody in.
    private static Entry secretIn(Map<String, String> environment, String variable) {
        String named = variable + FILE_SUFFIX;
        if (environment.containsKey(variable)) {
            throw new ConfigException(variable + " and " + named + " are both set: keep one");
        }
        String name = environment.getOrDefault(named, "").strip();
        if (name.isEmpty()) {
            throw new ConfigException(named + " names no file; without a secret, unset it");
        }
        Path file = Path.of(name);
        String secret;
        try {
            secret = Files.readString(file).strip();
        } catch (IOException e) {
            throw new ConfigException(
                    named + ": " + file + " cannot be read: " + FileFailure.reason(e));
        }
        if (secret.isEmpty()) {
            throw new ConfigException(
                    named
                            + ": "
                            + file
                            + " is empty: write the secret into it, or unset the variable");
        }
        return new Entry(secret, "file " + file + " of " + named);
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

    /// Nothing of a line that may be a secret.
    private static String missing(String line) {
        String first = line.split("[\\s:]", 2)[0];
        return ConfigKey.of(first).isPresent() ? ": an = is missing behind " + first : "";
    }

    private static void readFile(Path path, Map<ConfigKey, Entry> entries) {
        List<String> lines;
        try {
            lines = Files.readAllLines(path);
        } catch (IOException e) {
            throw new ConfigException(
                    "configuration file " + path + " cannot be read: " + FileFailure.reason(e));
        }
        var numbers = new EnumMap<ConfigKey, Integer>(ConfigKey.class);
        for (int number = 1; number <= lines.size(); number++) {
            String line = withoutComment(lines.get(number - 1));
            if (line.isEmpty()) {
                continue;
            }
            String at = path + ":" + number;
            int equals = line.indexOf('=');
            if (equals < 0) {
                throw new ConfigException(at + ": no setting (key = value)" + missing(line));
            }
            String name = line.substring(0, equals).strip();
            ConfigKey key =
                    ConfigKey.of(name)
                            .orElseThrow(() -> new ConfigException(at + ": " + unknown(name)));
            Integer earlier = numbers.putIfAbsent(key, number);
            if (earlier != null) {
                throw new ConfigException(
                        at
                                + ": '"
                                + name
                                + "' is set in line "
                                + earlier
                                + " too: keep one of them");
            }
            entries.put(key, new Entry(line.substring(equals + 1).strip(), at));
        }
    }

    /// A `#` starts a comment at the start of a line, and after a blank or a tab.
    private static String withoutComment(String line) {
        int comment = line.indexOf('#');
        while (comment > 0 && !Character.isWhitespace(line.charAt(comment - 1))) {
            comment = line.indexOf('#', comment + 1);
        }
        return (comment < 0 ? line : line.substring(0, comment)).strip();
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

    /// Letters to put in, take out or change until one name is the other.
    static int editDistance(String a, String b) {
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
