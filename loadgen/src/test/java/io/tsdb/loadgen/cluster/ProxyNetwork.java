package io.tsdb.loadgen.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The network between some nodes on this machine, each direction of each link of which can be cut
/// by itself. Needs no rights: every node knows the others by names, and a file of its own says
/// that a name is an address of 127.77, where a proxy for this one link listens.
///
/// Bytes of a direction that is cut wait, and go on when it is healed, as with TCP that sends
/// again; who connects meanwhile gets no answer.
final class ProxyNetwork implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 << 10;

    private final int nodeCount;
    private final boolean[][] cut;
    private final List<ServerSocket> servers = new ArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// @param ports of each node, where it listens on 127.0.0.1
    ProxyNetwork(List<List<Integer>> ports) throws IOException {
        this.nodeCount = ports.size();
        this.cut = new boolean[nodeCount][nodeCount];
        for (int from = 0; from < nodeCount; from++) {
            for (int to = 0; to < nodeCount; to++) {
                for (int port : from == to ? List.<Integer>of() : ports.get(to)) {
                    listen(from, to, port);
                }
            }
        }
    }

    private static String address(int from, int to) {
        return from == to ? "127.0.0.1" : "127.77." + from + "." + to;
    }

    static String name(int node) {
        return "node-" + node;
    }

    /// Writes what a node takes names for.
    void writeHosts(int node, Path file) throws IOException {
        var lines = new StringBuilder("127.0.0.1 localhost\n");
        for (int to = 0; to < nodeCount; to++) {
            lines.append(address(node, to)).append(' ').append(name(to)).append('\n');
        }
        Files.writeString(file, lines);
    }

    private void listen(int from, int to, int port) throws IOException {
        var server = new ServerSocket();
        servers.add(server);
        server.bind(new InetSocketAddress(InetAddress.getByName(address(from, to)), port));
        Thread.ofVirtual()
                .start(
                        () -> {
                            while (!closed) {
                                try {
                                    Socket client = server.accept();
                                    sockets.add(client);
                                    Thread.ofVirtual().start(() -> connect(client, from, to, port));
                                } catch (IOException e) {
                                    assert closed : e;
                                }
                            }
                        });
    }

    private void connect(Socket client, int from, int to, int port) {
        try {
            client.setTcpNoDelay(true);
            await(from, to);
            await(to, from);
            var target = new Socket(InetAddress.getByName("127.0.0.1"), port);
            sockets.add(target);
            target.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> pump(client, target, from, to));
            pump(target, client, to, from);
        } catch (IOException e) {
            close(client); // the node is not there
        }
    }

    private void pump(Socket source, Socket target, int from, int to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = source.getInputStream();
            OutputStream out = target.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                await(from, to);
                out.write(buffer, 0, count);
            }
            await(from, to);
            target.shutdownOutput();
        } catch (IOException e) {
            close(source);
            close(target);
        }
    }

    private void await(int from, int to) throws IOException {
        synchronized (cut) {
            while (cut[from][to] && !closed) {
                try {
                    cut.wait();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        }
    }

    /// Nothing of what a node sends gets to another one from now on.
    void cut(int from, int to) {
        synchronized (cut) {
            cut[from][to] = true;
        }
    }

    /// All links are whole again.
    void heal() {
        synchronized (cut) {
            for (boolean[] row : cut) {
                Arrays.fill(row, false);
            }
            cut.notifyAll();
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            assert closed : e;
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        heal();
        for (ServerSocket server : servers) {
            server.close();
        }
        List.copyOf(sockets).forEach(this::close);
    }
}
