package io.tsdb.storage.net;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The TLS handshakes of a node that are under way. Any thread.
///
/// Anybody can begin one: it costs a signature, some milliseconds, so threads of its own compute it
/// and the event loops serve others; and it holds some 50 KB until it ends, so only so many are
/// under way: beyond that, the one that began first is cut off, which is hardly one that gets on.
public final class TlsHandshakes implements AutoCloseable {
    /// What one holds, about.
    static final long BYTES = 64L << 10;

    /// The part of the heap that they may hold together.
    private static final int HEAP_SHARE = 16;

    private static final int COUNT_MIN = 64;
    private static final int COUNT_MAX = 10_000;

    private final Executor executor;
    private final int countMax;
    private final Runnable closing;
    private final Set<Channel> underWay = new LinkedHashSet<>();

    /// @param executor runs what takes long of a handshake
    public TlsHandshakes(Executor executor, int countMax) {
        this(executor, countMax, () -> {});
    }

    private TlsHandshakes(Executor executor, int countMax, Runnable closing) {
        this.executor = executor;
        this.countMax = countMax;
        this.closing = closing;
    }

    /// What has waited long is likely to be given up; so a client that comes behind thousands of
    /// strangers does not wait for all of them.
    private static final class NewestFirst extends LinkedBlockingDeque<Runnable> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean offer(Runnable work) {
            return offerFirst(work);
        }
    }

    /// So many threads; as many handshakes as a sixteenth of the heap holds.
    public static TlsHandshakes create(int threads) {
        return create(threads, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    /// So many threads; as many handshakes as so many bytes hold, and 64 at least.
    public static TlsHandshakes create(int threads, long bytesMax) {
        var pool =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        0,
                        TimeUnit.SECONDS,
                        new NewestFirst(),
                        Thread.ofPlatform().name("tls-", 1).daemon().factory());
        int count = Math.clamp(bytesMax / BYTES, COUNT_MIN, COUNT_MAX);
        return new TlsHandshakes(pool, count, pool::shutdownNow);
    }

    /// The first handler of a connection, whose handshake begins with it.
    SslHandler begin(Channel connection, SslContext tls) {
        SslHandler handler =
                tls.newHandler(
                        connection.alloc(), work -> executor.execute(() -> run(connection, work)));
        Channel first = null;
        synchronized (underWay) {
            underWay.add(connection);
            if (underWay.size() > countMax) {
                Iterator<Channel> oldest = underWay.iterator();
                first = oldest.next();
                oldest.remove();
            }
        }
        handler.handshakeFuture().addListener(_ -> end(connection));
        connection.closeFuture().addListener(_ -> end(connection));
        if (first != null) {
            first.close();
        }
        return handler;
    }

    /// Nothing is computed for those that were cut off meanwhile.
    private static void run(Channel connection, Runnable work) {
        if (connection.isOpen()) {
            work.run();
        }
    }

    private void end(Channel connection) {
        synchronized (underWay) {
            underWay.remove(connection);
        }
    }

    public int count() {
        synchronized (underWay) {
            return underWay.size();
        }
    }

    @Override
    public void close() {
        closing.run();
    }
}
