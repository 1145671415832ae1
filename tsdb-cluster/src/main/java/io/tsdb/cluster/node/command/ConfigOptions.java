package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.config.ConfigKey;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.util.EnumMap;
import java.util.Map;

/// The keys of the configuration as options of a command: `--http=127.0.0.1:0`, `--insecure`.
final class ConfigOptions {
    private ConfigOptions() {}

    static void add(CommandSpec spec, ConfigKey key) {
        String usual = key.defaultText();
        OptionSpec.Builder option =
                OptionSpec.builder(key.option())
                        .paramLabel(key.valueForm())
                        .type(String.class)
                        .description(
                                key.description()
                                        + (usual.isEmpty() ? "" : " (default: " + usual + ")"));
        if (key.isSwitch()) {
            option.arity("0..1").fallbackValue("true");
        } else {
            option.arity("1");
        }
        spec.addOption(option.build());
    }

    /// The keys that were given on the command line.
    static Map<ConfigKey, String> given(CommandLine line) {
        var given = new EnumMap<ConfigKey, String>(ConfigKey.class);
        CommandLine.ParseResult parsed = line.getParseResult();
        for (ConfigKey key : ConfigKey.values()) {
            if (parsed.hasMatchedOption(key.option())) {
                String value = parsed.matchedOptionValue(key.option(), "");
                given.put(key, value);
            }
        }
        return given;
    }
}
