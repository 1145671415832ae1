package io.tsdb.cluster.node.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// Where to listen.
///
/// @param host name or address, without brackets
/// @param port 0: a free one
public record Endpoint(String host, int port) {
    private static final int PORT_MAX = 65_535;

    /// `HOST:PORT`, `[::1]:8086`.
    ///
    /// @throws IllegalArgumentException when it is neither
    public static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw notAnEndpoint(text);
        }
        String digits = text.substring(colon + 1);
        if (host.isEmpty() || digits.isEmpty() || digits.length() > 5) {
            throw notAnEndpoint(text);
        }
        try {
            int port = Integer.parseUnsignedInt(digits);
            if (port <= PORT_MAX) {
                return new Endpoint(host, port);
            }
        } catch (NumberFormatException _) {
            throw notAnEndpoint(text);
        }
        throw notAnEndpoint(text);
    }

    /// Whether only this machine can reach it. A host that cannot be resolved counts as reachable
    /// from outside.
    public boolean isLoopback() {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException _) {
            return false;
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    private static IllegalArgumentException notAnEndpoint(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is no address: HOST:PORT, such as 127.0.0.1:8086 or [::1]:8086");
    }
}
