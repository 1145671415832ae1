package io.tsdb.storage.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.tsdb.storage.model.Ticker;

/// Holds one HTTP connection against its [ArrivalLimits]. Event loop only.
final class ArrivalWatch {
    /// What a look at the connection finds.
    enum Verdict {
        IN_TIME,
        HEAD_TOO_SLOW,
        BODY_TOO_SLOW,
        /// The client does not take the answer.
        ANSWER_NOT_TAKEN,
        /// Nothing was asked for too long.
        IDLE
    }

    /// Where in a request the client is, as far as bytes tell.
    private enum Head {
        /// None has begun.
        NONE,
        /// Some of it came, and not its end.
        ARRIVING
    }

    private final ArrivalLimits limits;
    private final ReadMeter meter;
    private final Ticker ticker;
    private long meterAtReadStart;
    private Head head = Head.NONE;
    private long headStartNanos;
    private long bodyStartNanos;
    private long bodyStartBytes;
    private long idleSinceNanos;
    private long unsentBytes;
    private long unsentSinceNanos;

    ArrivalWatch(ArrivalLimits limits, ReadMeter meter, Ticker ticker) {
        this.limits = limits;
        this.meter = meter;
        this.ticker = ticker;
        this.idleSinceNanos = ticker.nanos();
    }

    long checkIntervalNanos() {
        return limits.checkIntervalNanos();
    }

    boolean isHeadArriving() {
        return head == Head.ARRIVING;
    }

    /// A read from the socket is over.
    ///
    /// @param betweenRequests whether its bytes can only be of a head that is not whole
    void readEnded(boolean betweenRequests) {
        boolean bytesCame = meter.bytes() != meterAtReadStart;
        meterAtReadStart = meter.bytes();
        if (bytesCame && betweenRequests && head == Head.NONE) {
            head = Head.ARRIVING;
            headStartNanos = ticker.nanos();
        }
    }

    /// A head is whole; its body begins.
    void requestBegins() {
        head = Head.NONE;
        bodyGoesOn();
    }

    /// The body counts from now on alone.
    private void bodyGoesOn() {
        bodyStartNanos = ticker.nanos();
        bodyStartBytes = meter.bytes();
    }

    /// The body is read again, after nobody was waiting for the client.
    void readOn() {
        meter.restart();
        bodyGoesOn();
    }

    void requestEnded() {
        idleSinceNanos = ticker.nanos();
    }

    void connectionEnded() {
        head = Head.NONE;
    }

    /// @param held whether the server itself does not read
    Verdict look(Exchange exchange, boolean held, Channel channel) {
        long now = ticker.nanos();
        if (exchange.isArriving()) {
            return !held && isBodyTooSlow(now) ? Verdict.BODY_TOO_SLOW : Verdict.IN_TIME;
        }
        if (exchange.isAnswerOwed()) {
            return isAnswerStuck(channel, now) ? Verdict.ANSWER_NOT_TAKEN : Verdict.IN_TIME;
        }
        if (head == Head.ARRIVING) {
            return now - headStartNanos > limits.head().toNanos()
                    ? Verdict.HEAD_TOO_SLOW
                    : Verdict.IN_TIME;
        }
        long silentSince = Math.max(idleSinceNanos, meter.lastReadNanos());
        return now - silentSince > limits.idle().toNanos() ? Verdict.IDLE : Verdict.IN_TIME;
    }

    private boolean isBodyTooSlow(long now) {
        long elapsed = now - bodyStartNanos;
        if (now - meter.lastReadNanos() > limits.idle().toNanos()) {
            return true;
        }
        if (elapsed <= limits.bodyGrace().toNanos()) {
            return false;
        }
        double least = elapsed * 1e-9 * limits.bodyBytesPerSecondMin();
        boolean tooSlow = meter.bytes() - bodyStartBytes < least;
        bodyGoesOn(); // the next stretch is measured alone: a good start buys no standstill
        return tooSlow;
    }

    private boolean isAnswerStuck(Channel channel, long now) {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        long pending =
                outbound == null
                        ? 0
                        : outbound.totalPendingWriteBytes() - outbound.currentProgress();
        if (pending == 0 || pending != unsentBytes) {
            unsentBytes = pending;
            unsentSinceNanos = now;
            return false;
        }
        return now - unsentSinceNanos > limits.idle().toNanos();
    }
}
