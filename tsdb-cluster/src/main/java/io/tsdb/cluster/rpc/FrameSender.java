package io.tsdb.cluster.rpc;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// Writes frames to a socket in their order, on a thread of its own, so that nobody else waits for
/// the other side. What is queued is bounded by whoever sends. Any thread.
///
/// A frame for which somebody waits may be written by whoever has it, when no other one is on its
/// way: that saves the thread's waking up. Whoever does that waits for the other side.
final class FrameSender implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(FrameSender.class);
    private static final int BUFFER_BYTES = 64 << 10;

    private final Socket socket;
    private final LinkedBlockingQueue<Frame> frames = new LinkedBlockingQueue<>();

    /// Frames that are not written yet.
    private final AtomicInteger unwritten = new AtomicInteger();

    private final ReentrantLock writing = new ReentrantLock();

    /// Null until the thread runs.
    private volatile @Nullable OutputStream out;

    private final AtomicLong writtenBytes = new AtomicLong();

    FrameSender(Socket socket) {
        this.socket = socket;
    }

    void send(Frame frame) {
        unwritten.incrementAndGet();
        frames.add(frame);
    }

    /// Sends it without the thread, unless that has something to send.
    void sendAtOnce(Frame frame) {
        OutputStream open = out;
        if (open == null || !unwritten.compareAndSet(0, 1)) {
            send(frame);
            return;
        }
        try {
            writing.lock();
            try {
                write(frame, open);
                open.flush();
            } finally {
                writing.unlock();
            }
        } catch (IOException e) {
            ended(e);
        }
    }

    long writtenBytes() {
        return writtenBytes.get();
    }

    /// Whether the other side may still take what is sent.
    boolean isOpen() {
        return !socket.isClosed();
    }

    /// Ends when the socket is closed, or the thread is interrupted.
    @Override
    public void run() {
        try (OutputStream opened =
                new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES)) {
            out = opened;
            while (!socket.isClosed()) {
                Frame first = frames.take();
                writing.lock();
                try {
                    for (Frame next = first; next != null; next = frames.poll()) {
                        write(next, opened);
                    }
                    opened.flush();
                } finally {
                    writing.unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close(socket);
        } catch (IOException e) {
            ended(e);
        }
    }

    private void write(Frame frame, OutputStream to) throws IOException {
        frame.write(to);
        writtenBytes.addAndGet(FrameLayout.HEADER_BYTES + frame.length());
        unwritten.decrementAndGet();
    }

    private void ended(IOException cause) {
        LOG.debug("{} ended", socket, cause);
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
