package io.tsdb.cluster.node.admin;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/// Settings that count for every node of a cluster. Any thread.
public interface SharedSettings {
    /// Values by key.
    Map<String, String> all();

    /// Sets one for every node, for good.
    ///
    /// @param value empty: each node goes by what it was started with again
    /// @throws io.tsdb.cluster.node.config.ConfigException when it is none that can be set so, or
    ///   its value is wrong
    /// @throws IOException when no majority takes it
    void set(String key, Optional<String> value) throws IOException;
}
