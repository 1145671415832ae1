package io.tsdb.ingest.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.tsdb.storage.net.BodyFlow;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A write request whose body is inflated, decoded and handed over on a thread for bodies, because
/// that may take long: its event loop only brings the bytes.
///
/// Two arrays at most are held, one that is decoded and one that gathers what comes meanwhile;
/// while that waits, nothing is read from the socket. The exchange belongs to the thread that runs
/// this, one at a time, in slices, so that bodies share the threads. The other methods are for the
/// event loop.
final class DetachedBody implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(DetachedBody.class);
    private static final long SLICE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(10);
    private static final byte[] NOTHING = {};

    private final WriteExchange exchange;
    private final BodyThreads threads;
    private final ChannelHandlerContext ctx;
    private final Consumer<FullHttpResponse> answer;

    // guarded by this
    private byte[] gathered = NOTHING;
    private int gatheredBytes;
    private boolean complete;
    private boolean scheduled;
    private boolean readingHeld;
    private boolean over;

    // of the thread that runs it
    private byte[] piece = NOTHING;
    private boolean pieceOpen;

    /// @param answer called once, on any thread, unless it is abandoned before
    DetachedBody(
            WriteExchange exchange,
            BodyThreads threads,
            ChannelHandlerContext ctx,
            Consumer<FullHttpResponse> answer) {
        this.exchange = exchange;
        this.threads = threads;
        this.ctx = ctx;
        this.answer = answer;
    }

    /// Takes the next piece of the body; does not release it.
    void take(ByteBuf bytes) {
        int size = bytes.readableBytes();
        if (size == 0 || isOver()) {
            return;
        }
        try {
            exchange.gathered(size);
        } catch (WriteRefusedException refused) {
            if (abandon()) {
                answer.accept(exchange.refusal(refused));
            }
            return;
        }
        boolean hold;
        synchronized (this) {
            if (over) {
                return;
            }
            if (gathered.length - gatheredBytes < size) {
                gathered =
                        Arrays.copyOf(gathered, Math.max(gatheredBytes + size, 2 * gatheredBytes));
            }
            bytes.readBytes(gathered, gatheredBytes, size);
            gatheredBytes += size;
            hold = scheduled && !readingHeld;
            readingHeld |= hold;
        }
        if (hold) {
            ctx.pipeline().fireUserEventTriggered(BodyFlow.HOLD);
        }
        schedule();
    }

    private synchronized boolean isOver() {
        return over;
    }

    /// The body is complete.
    void complete() {
        synchronized (this) {
            complete = true;
        }
        schedule();
    }

    /// Nothing is going to be written, unless that has begun.
    ///
    /// @return whether there is no answer yet, and no other than the caller's will be
    boolean abandon() {
        boolean first = end();
        schedule();
        return first;
    }

    private void schedule() {
        synchronized (this) {
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        execute();
    }

    private void execute() {
        try {
            threads.execute(this);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("{}: threads for bodies have ended", ctx.channel().remoteAddress());
            end();
            exchange.abandon();
            ctx.close();
        }
    }

    /// @return whether nobody ended it before
    private boolean end() {
        boolean held;
        synchronized (this) {
            if (over) {
                return false;
            }
            over = true;
            gathered = NOTHING;
            gatheredBytes = 0;
            held = readingHeld;
            readingHeld = false;
        }
        readOn(held);
        return true;
    }

    @Override
    public void run() {
        try {
            if (decodeSlice()) {
                execute();
            }
        } catch (WriteRefusedException refused) {
            exchange.abandon();
            if (end()) {
                answer.accept(exchange.refusal(refused));
            }
        } catch (RuntimeException | Error e) { // the top of the thread
            LOG.error("{}: write request failed", ctx.channel().remoteAddress(), e);
            end();
            exchange.abandon();
            ctx.close();
        }
    }

    /// @return whether there is more to do at once
    private boolean decodeSlice() throws WriteRefusedException {
        long began = threads.ticker().nanos();
        do {
            switch (next()) {
                case DECODE -> pieceOpen = exchange.step();
                case WAIT -> {
                    return false;
                }
                case FINISH -> {
                    finish();
                    return false;
                }
                case DROP -> {
                    exchange.abandon();
                    return false;
                }
            }
        } while (threads.ticker().nanos() - began <= SLICE_NANOS_MAX);
        return true;
    }

    private enum Next {
        DECODE,
        WAIT,
        FINISH,
        DROP
    }

    private Next next() {
        int size;
        boolean held;
        synchronized (this) {
            if (over) {
                return Next.DROP;
            }
            if (pieceOpen) {
                return Next.DECODE;
            }
            size = gatheredBytes;
            if (size == 0) {
                over = complete;
                scheduled = complete;
                return complete ? Next.FINISH : Next.WAIT;
            }
            byte[] free = piece;
            piece = gathered;
            gathered = free;
            gatheredBytes = 0;
            held = readingHeld;
            readingHeld = false;
        }
        readOn(held);
        exchange.feed(piece, 0, size);
        return Next.DECODE;
    }

    private void finish() {
        try {
            exchange.finish(answer);
        } catch (WriteRefusedException refused) {
            exchange.abandon();
            answer.accept(exchange.refusal(refused));
        }
    }

    private void readOn(boolean held) {
        if (held) {
            try {
                ctx.executor()
                        .execute(() -> ctx.pipeline().fireUserEventTriggered(BodyFlow.READ_ON));
            } catch (RejectedExecutionException stopped) {
                LOG.debug("{}: event loop has ended", ctx.channel().remoteAddress());
            }
        }
    }
}
