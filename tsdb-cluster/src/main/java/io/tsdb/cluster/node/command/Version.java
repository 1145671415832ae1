package io.tsdb.cluster.node.command;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/// Version of this build, from the POM.
public final class Version {
    private static final String RESOURCE = "version.properties";

    private Version() {}

    /// Such as `0.1.0`.
    public static String current() {
        var properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("BUG: the build has no " + RESOURCE);
            }
            properties.load(in);
        } catch (IOException e) {
            throw new IllegalStateException("BUG: " + RESOURCE + " cannot be read", e);
        }
        return properties.getProperty("version", "");
    }
}
