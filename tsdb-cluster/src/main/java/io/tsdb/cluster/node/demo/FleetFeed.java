package io.tsdb.cluster.node.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// Sends a fleet's story to a node over line TCP: what has passed as fast as the node takes it,
/// then second by second as it happens. A thread of its own.
public final class FleetFeed implements AutoCloseable {
    private static final int PIECE_BYTES = 256 << 10;

    private final Fleet fleet;
    private final InetSocketAddress target;
    private final InstantSource clock;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicReference<IOException> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile long pointCount;
    private volatile long lateCount;
    private volatile long historyPointCount = Long.MAX_VALUE;

    /// @param historySeconds of the story that have passed when it starts
    public FleetFeed(
            int truckCount,
            long seed,
            long historySeconds,
            InetSocketAddress target,
            InstantSource clock) {
        this.fleet = new Fleet(truckCount, seed, nowSecond(clock) - historySeconds);
        this.target = target;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("fleet").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /// Waits until the story has reached the present.
    ///
    /// @return false when the time was over first
    /// @throws IOException when the node hung up
    public boolean awaitPresent(long millis) throws IOException, InterruptedException {
        boolean reached = caughtUp.await(millis, TimeUnit.MILLISECONDS);
        IOException wrong = failure.get();
        if (wrong != null) {
            throw wrong;
        }
        return reached;
    }

    /// Points sent so far.
    public long pointCount() {
        return pointCount;
    }

    /// Points that were sent when the story reached the present; before that, more than any.
    public long historyPointCount() {
        return historyPointCount;
    }

    /// How many of them were late.
    public long lateCount() {
        return lateCount;
    }

    /// Tells what is left, and returns when the node has written every line.
    public void finish() throws IOException, InterruptedException {
        stop.countDown();
        thread.join();
        IOException wrong = failure.get();
        if (wrong != null) {
            throw wrong;
        }
    }

    @Override
    public void close() {
        stop.countDown();
        thread.interrupt();
    }

    private void run() {
        try (Socket socket = new Socket(target.getAddress(), target.getPort())) {
            send(socket);
        } catch (IOException e) {
            failure.set(new IOException("the node at " + target + " hung up", e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            caughtUp.countDown();
        }
    }

    private void send(Socket socket) throws IOException, InterruptedException {
        OutputStream out = socket.getOutputStream();
        var text = new LineText();
        boolean live = false;
        while (!stop.await(live ? 1000 : 0, TimeUnit.MILLISECONDS)) {
            long now = nowSecond(clock);
            while (fleet.second() < now && text.size() < PIECE_BYTES) {
                fleet.tell(text);
            }
            flush(text, out);
            if (!live && fleet.second() >= now) {
                live = true;
                historyPointCount = fleet.pointCount();
                caughtUp.countDown();
            }
        }
        fleet.tellRest(text);
        flush(text, out);
        // the node ends its side when every complete line is written
        socket.shutdownOutput();
        while (socket.getInputStream().read() >= 0) {
            throw new IOException("line TCP has no answers, and this node sent one");
        }
    }

    private void flush(LineText text, OutputStream out) throws IOException {
        out.write(text.bytes(), 0, text.size());
        text.clear();
        pointCount = fleet.pointCount();
        lateCount = fleet.lateCount();
    }

    private static long nowSecond(InstantSource clock) {
        return clock.instant().getEpochSecond();
    }
}
