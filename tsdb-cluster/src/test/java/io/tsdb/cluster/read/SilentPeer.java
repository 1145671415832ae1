package io.tsdb.cluster.read;

import io.tsdb.cluster.rpc.Greeting;
import io.tsdb.cluster.shardmap.Address;
import io.tsdb.storage.io.LittleEndian;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;

/// Accepts connections and greets, as a node does; then it says nothing any more.
final class SilentPeer implements AutoCloseable {
    private static final int WELCOME = 2;

    /// Of the protocol, as `docs/protocol/data-port.md` has it.
    private static final int VERSION = 2;

    private static final long BIND_NANOS_MAX = 10_000_000_000L;

    private final ServerSocket server;
    private final List<Socket> accepted = new ArrayList<>();

    SilentPeer(Greeting greeting, Address address) throws IOException {
        server = bound(address);
        Thread.ofVirtual().start(() -> run(greeting.toBytes()));
    }

    /// Whoever listened there before is about to end.
    private static ServerSocket bound(Address address) throws IOException {
        long deadline = System.nanoTime() + BIND_NANOS_MAX;
        while (true) {
            var socket = new ServerSocket();
            try {
                socket.setReuseAddress(true);
                socket.bind(address.resolve());
                return socket;
            } catch (BindException e) {
                socket.close();
                if (System.nanoTime() - deadline > 0) {
                    throw e;
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private void run(byte[] greeting) {
        byte[] frame = new byte[24 + greeting.length];
        LittleEndian.putInt(frame, 0, greeting.length);
        frame[8] = WELCOME;
        frame[9] = VERSION;
        System.arraycopy(greeting, 0, frame, 24, greeting.length);
        var crc = new CRC32C();
        crc.update(frame, 8, frame.length - 8);
        LittleEndian.putInt(frame, 4, (int) crc.getValue());
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                accepted.add(socket);
                socket.getOutputStream().write(frame);
            } catch (IOException _) {
                return; // closed by the test
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : accepted) {
            socket.close();
        }
    }
}
