package io.tsdb.ingest.transport;

import java.net.InetSocketAddress;

/// Decides who may write over line TCP, which has no headers: by address, or by a first line `token
/// <text>`. Called on the event loop: must not block.
public interface LineTcpAuthorizer {
    /// Lets everybody write.
    LineTcpAuthorizer ALLOW_ALL =
            new LineTcpAuthorizer() {
                @Override
                public boolean needsToken(InetSocketAddress peer) {
                    return false;
                }

                @Override
                public boolean allows(InetSocketAddress peer, String token, String database) {
                    return true;
                }
            };

    /// Whether the first line of a connection must be `token <text>`.
    boolean needsToken(InetSocketAddress peer);

    /// Whether that token may write to the database.
    boolean allows(InetSocketAddress peer, String token, String database);
}
