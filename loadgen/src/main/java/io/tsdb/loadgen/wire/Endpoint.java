package io.tsdb.loadgen.wire;

import java.net.InetSocketAddress;

/// Host and port.
public record Endpoint(String host, int port) {
    public Endpoint {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is out of range 1 to 65535");
        }
    }

    /// Reads `HOST:PORT`, with or without `http://` before it and a slash after it.
    public static Endpoint parse(String text) {
        String bare = text.startsWith("http://") ? text.substring(7) : text;
        bare = bare.endsWith("/") ? bare.substring(0, bare.length() - 1) : bare;
        int colon = bare.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + text + "' is no HOST:PORT");
        }
        try {
            String host = bare.substring(0, colon);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            return new Endpoint(host, Integer.parseInt(bare.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no HOST:PORT", e);
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }
}
