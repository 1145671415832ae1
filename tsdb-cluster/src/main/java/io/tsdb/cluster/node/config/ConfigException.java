package io.tsdb.cluster.node.config;

/// A setting is wrong. The message names it, where it came from, and what would be right; it is for
/// the person who set it.
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
