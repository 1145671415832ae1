package io.tsdb.cluster.shardmap;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/// Where one node reaches another: a name or a number, looked up at each use, and a port.
public record Address(String host, int port) {
    public Address {
        if (host.isEmpty() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException(
                    "'" + host + ":" + port + "' is no HOST:PORT with a port from 1 to 65535");
        }
    }

    /// @throws IllegalArgumentException when it is not `HOST:PORT`
    public static Address parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + text + "' is not HOST:PORT");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            return new Address(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException("'" + text + "' is not HOST:PORT");
        }
    }

    public InetSocketAddress resolve() {
        return new InetSocketAddress(host, port);
    }

    /// Every address that the name stands for now, as that of a service does for its nodes; none
    /// when it is not known.
    public List<InetSocketAddress> resolveAll() {
        try {
            return Arrays.stream(InetAddress.getAllByName(host))
                    .map(one -> new InetSocketAddress(one, port))
                    .toList();
        } catch (UnknownHostException _) {
            return List.of();
        }
    }

    /// Whether only this machine reaches it.
    public boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
