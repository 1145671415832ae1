package io.tsdb.loadgen.cluster;

import org.jspecify.annotations.Nullable;

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
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The network between some nodes on this machine, each direction of each link of which can be cut
/// by itself. Needs no rights: every node knows the others by names, and a file of its own says
/// that a name is an address of 127.77, where a proxy for this one link listens.
///
/// Bytes of a direction that is cut wait, and go on when it is healed, as with TCP that sends
/// again; who connects meanwhile gets no answer. All links can be made slow and lossy, too: each
/// piece comes later, and one in ten much later, as TCP brings what was lost once.
final class ProxyNetwork implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 << 10;
    private static final int LATE_MILLIS = 50;
    private static final int LOST_ONE_OF = 10;
    private static final int SENT_AGAIN_MILLIS_MIN = 200;
    private static final int SENT_AGAIN_MILLIS_MAX = 500;

    private final int nodeCount;
    private final boolean[][] cut;
    private final List<ServerSocket> servers = new ArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// Decides what is lost while links are bad.
    private volatile @Nullable Random losses;

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
                comeLate();
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

    /// What waits in one direction goes on.
    void join(int from, int to) {
        synchronized (cut) {
            cut[from][to] = false;
            cut.notifyAll();
        }
    }

    private void comeLate() {
        Random random = losses;
        if (random == null) {
            return;
        }
        int millis = LATE_MILLIS;
        if (random.nextInt(LOST_ONE_OF) == 0) {
            millis += random.nextInt(SENT_AGAIN_MILLIS_MIN, SENT_AGAIN_MILLIS_MAX + 1);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /// All links are slow and lose something from now on.
    void worsen(long seed) {
        losses = new Random(seed);
    }

    /// All links are whole again.
    void heal() {
        losses = null;
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
