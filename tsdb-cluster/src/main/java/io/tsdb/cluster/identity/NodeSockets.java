package io.tsdb.cluster.identity;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/// How nodes talk to one another: sockets that are not bound or connected yet.
public interface NodeSockets {
    /// In plain text, and open to everybody who reaches them: for one machine.
    NodeSockets PLAIN =
            new NodeSockets() {
                @Override
                public Socket client() {
                    return new Socket();
                }

                @Override
                public ServerSocket server() throws IOException {
                    return new ServerSocket();
                }
            };

    Socket client();

    ServerSocket server() throws IOException;

    /// Why a connection came to nothing, in words that say what to do.
    static String reason(IOException failure) {
        return RefusalText.of(failure);
    }
}
