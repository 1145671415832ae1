package io.tsdb.loadgen.ledger;

import io.tsdb.loadgen.workload.StreamConfig;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.Map;
import java.util.TreeMap;

/// What a ledger is about: the run, where it went, and how many batches of a lane can be under way
/// without an answer.
public record LedgerHeader(StreamConfig stream, String database, String protocol, int inFlight) {
    /// Each setting that differs, as `scale 1000, here 500`.
    String differences(LedgerHeader other) {
        Map<String, String> mine = settings();
        Map<String, String> others = other.settings();
        var text = new StringBuilder();
        mine.forEach(
                (name, value) -> {
                    if (!value.equals(others.get(name))) {
                        text.append(text.isEmpty() ? "" : "; ")
                                .append(name)
                                .append(' ')
                                .append(value)
                                .append(", here ")
                                .append(others.get(name));
                    }
                });
        return text.toString();
    }

    private Map<String, String> settings() {
        var settings = new TreeMap<String, String>();
        JsonNode tree = JsonMapper.shared().valueToTree(this);
        collect(tree, settings);
        return settings;
    }

    private static void collect(JsonNode node, Map<String, String> settings) {
        node.forEachEntry(
                (name, value) -> {
                    if (value.isObject()) {
                        collect(value, settings);
                    } else {
                        settings.put(name, value.asString());
                    }
                });
    }
}
