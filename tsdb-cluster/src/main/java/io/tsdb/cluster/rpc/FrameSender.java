package io.tsdb.cluster.rpc;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.LinkedBlockingQueue;

/// Writes frames to a socket in their order, on a thread of its own, so that nobody else waits for
/// the other side. What is queued is bounded by whoever sends.
final class FrameSender implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(FrameSender.class);
    private static final int BUFFER_BYTES = 64 << 10;

    private final Socket socket;
    private final LinkedBlockingQueue<Frame> frames = new LinkedBlockingQueue<>();

    FrameSender(Socket socket) {
        this.socket = socket;
    }

    void send(Frame frame) {
        frames.add(frame);
    }

    /// Whether the other side may still take what is sent.
    boolean isOpen() {
        return !socket.isClosed();
    }

    /// Ends when the socket is closed, or the thread is interrupted.
    @Override
    public void run() {
        try (OutputStream out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES)) {
            while (!socket.isClosed()) {
                frames.take().write(out);
                for (Frame next = frames.poll(); next != null; next = frames.poll()) {
                    next.write(out);
                }
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debug("{} ended", socket, e);
        }
        close(socket);
    }

    static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("{} did not close", socket, e);
        }
    }
}
