package io.tsdb.storage.net;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/// Lets one request at a time through to the handlers of a connection and holds the rules that all
/// endpoints share.
///
/// A pipelined request waits here until the answer to the one before is written, so answers are in
/// order; beyond one read ahead (which also tells that the client went away) nothing is read from
/// the socket meanwhile. A handler may answer before the body is there: the rest is thrown away, or
/// the connection closed when the rest is long. Answers `Expect: 100-continue`, refuses malformed
/// requests and paths that are not canonical, closes connections that are too slow, adds the common
/// headers, and decides about keep-alive.
///
/// When the client ends its side, handlers see [ChannelInputShutdownEvent] and may still answer.
final class RequestGate extends ChannelDuplexHandler {
    /// Rest of a refused body that is read and thrown away to keep the connection.
    static final long DISCARD_BYTES_MAX = 1L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(RequestGate.class);
    private static final Duration LINGER = Duration.ofSeconds(10);

    private final CommonHeaders commonHeaders;
    private final ArrivalLimits arrival;
    private final ConnectionCounters counters;
    private final ReadMeter meter;
    private final HeadRoom headRoom;

    private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();
    private boolean passing;
    private boolean inputShut;
    private boolean stopping;
    private boolean closing;
    private boolean timedOut;
    private boolean held;
    private long headBytes;

    /// Requests passed on that came in the latest read.
    private int requestsOfRead;

    // the request that was let through
    private boolean requestOpen;
    private boolean requestKeepsAlive;
    private boolean requestIsHead;
    private boolean requestIsHttp10;
    private boolean continueOwed;
    private long bodyBytesDeclared;
    private long bodyBytes;
    private String requestId = "";

    // its answer
    private boolean answerOwed;
    private boolean answerStarted;
    private boolean answerWritten;
    private boolean closeAfterAnswer;
    private long discardedBytes;

    // for the limits on slowness
    private long meterAtReadStart;
    private boolean passedInThisRead;
    private long headStartNanos;
    private boolean headStarted;
    private long bodyStartNanos;
    private long bodyStartBytes;
    private long idleSinceNanos = System.nanoTime();
    private long unsentBytes;
    private long unsentSinceNanos;
    private @Nullable Future<?> check;

    RequestGate(
            CommonHeaders commonHeaders,
            ArrivalLimits arrival,
            ConnectionCounters counters,
            ReadMeter meter,
            HeadRoom headRoom) {
        this.commonHeaders = commonHeaders;
        this.arrival = arrival;
        this.counters = counters;
        this.meter = meter;
        this.headRoom = headRoom;
    }

    // ---- inbound

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        long interval = arrival.checkIntervalNanos();
        check =
                ctx.executor()
                        .scheduleAtFixedRate(
                                () -> checkArrival(ctx), interval, interval, TimeUnit.NANOSECONDS);
        ctx.fireChannelActive();
        ctx.read();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Future<?> scheduled = check;
        if (scheduled != null) {
            scheduled.cancel(false);
        }
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        headStarted = false;
        holdHeads(ctx);
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        waiting.add((HttpObject) message);
        if (!passedInThisRead) {
            passedInThisRead = true;
            requestsOfRead = 0; // of the read before, all are passed on: nothing is read until then
        }
        passWaiting(ctx);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        noteHeadProgress();
        holdHeads(ctx);
        ctx.fireChannelReadComplete();
        if (waiting.isEmpty() && !held) {
            ctx.read();
        }
    }

    /// Counts what this connection holds of requests that no handler has yet.
    private void holdHeads(ChannelHandlerContext ctx) {
        long now = headStarted ? HeadRoom.UNFINISHED_BYTES : 0;
        for (HttpObject object : waiting) {
            now += HeadRoom.bytesOf(object);
        }
        if (now != headBytes) {
            headBytes = now;
            headRoom.hold(ctx.channel(), now);
        }
    }

    private void passWaiting(ChannelHandlerContext ctx) {
        if (passing) {
            return;
        }
        passing = true;
        try {
            while (true) {
                HttpObject next = waiting.peek();
                if (next == null || next instanceof HttpRequest && (answerOwed || requestOpen)) {
                    return;
                }
                pass(ctx, waiting.remove());
            }
        } finally {
            passing = false;
        }
    }

    private void pass(ChannelHandlerContext ctx, HttpObject message) {
        if (closing || stopping && message instanceof HttpRequest) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpRequest request) {
            passHead(ctx, request);
        } else {
            passContent(ctx, (HttpContent) message);
        }
    }

    private void passHead(ChannelHandlerContext ctx, HttpRequest request) {
        counters.httpRequests.increment();
        headStarted = false;
        held = false;
        requestOpen = true;
        requestKeepsAlive = HttpUtil.isKeepAlive(request);
        requestIsHead = request.method().equals(HttpMethod.HEAD);
        requestIsHttp10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        continueOwed = HttpUtil.is100ContinueExpected(request);
        requestId = commonHeaders.requestId(request.headers());
        answerOwed = true;
        answerStarted = false;
        answerWritten = false;
        requestsOfRead++;
        closeAfterAnswer = requestsOfRead == HttpServer.PIPELINED_MAX;
        discardedBytes = 0;
        bodyBytes = 0;
        bodyStartNanos = System.nanoTime();
        bodyStartBytes = meter.bytes();
        if (request.decoderResult().isFailure()) {
            answerMalformed(ctx, request.decoderResult().cause());
            ReferenceCountUtil.release(request);
            return;
        }
        bodyBytesDeclared = HttpUtil.getContentLength(request, -1L);
        String target = RequestTarget.canonical(request.uri());
        if (target == null || !RequestTarget.isDecodable(target)) {
            ReferenceCountUtil.release(request);
            String why =
                    target == null
                            ? "path is not canonical"
                            : "malformed request target: each % needs two hex digits behind it";
            answerMyself(ctx, HttpAnswers.error(HttpResponseStatus.BAD_REQUEST, why));
            return;
        }
        request.setUri(target);
        ctx.fireChannelRead(request);
        if (continueOwed && !answerStarted && !closing) {
            continueOwed = false;
            ctx.writeAndFlush(HttpAnswers.empty(HttpResponseStatus.CONTINUE));
        }
    }

    private void passContent(ChannelHandlerContext ctx, HttpContent content) {
        int size = content.content().readableBytes();
        bodyBytes += size;
        boolean malformed = content.decoderResult().isFailure();
        boolean last = content instanceof LastHttpContent;
        if (last) {
            requestOpen = false;
        }
        if (malformed) {
            Throwable cause = content.decoderResult().cause();
            content.release();
            if (answerStarted) {
                ctx.close();
            } else {
                answerMalformed(ctx, cause);
            }
        } else if (answerWritten) {
            content.release();
            discardedBytes += size;
            if (last) {
                requestEnded(ctx);
            } else if (discardedBytes > DISCARD_BYTES_MAX && !answerOwed) {
                lingeringClose(ctx);
            }
        } else {
            ctx.fireChannelRead(content);
        }
    }

    private void answerMalformed(ChannelHandlerContext ctx, Throwable cause) {
        HttpResponseStatus status =
                cause instanceof TooLongHttpLineException
                        ? HttpResponseStatus.REQUEST_URI_TOO_LONG
                        : cause instanceof TooLongHttpHeaderException
                                ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                                : HttpResponseStatus.BAD_REQUEST;
        String text = cause.getMessage();
        answerMyself(
                ctx, HttpAnswers.error(status, "malformed request: " + (text == null ? "" : text)));
    }

    private void answerMyself(ChannelHandlerContext ctx, FullHttpResponse response) {
        closeAfterAnswer = true;
        write(ctx, response, ctx.newPromise());
        ctx.flush();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == StopServing.STOP_SERVING) {
            stopping = true;
            closeAfterAnswer = true;
            if (!answerOwed && !requestOpen) {
                ctx.close();
            }
        } else if (event == BodyFlow.HOLD) {
            held = true;
        } else if (event == BodyFlow.READ_ON) {
            readOn(ctx);
        } else if (event instanceof ChannelInputShutdownEvent) {
            inputShut = true;
            if (answerOwed && (!requestOpen || answerStarted)) {
                ctx.fireUserEventTriggered(event);
            } else if (!closing) {
                ctx.close(); // nothing more can come of it
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void readOn(ChannelHandlerContext ctx) {
        if (held) {
            held = false;
            meter.restart(); // nobody was waiting for the client
            bodyStartNanos = System.nanoTime();
            bodyStartBytes = meter.bytes();
            if (waiting.isEmpty() && !closing) {
                ctx.read();
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("{}: {}", ctx.channel().remoteAddress(), cause.toString());
        } else {
            LOG.info("{}: closed: {}", ctx.channel().remoteAddress(), FailureText.of(cause));
        }
        ctx.close();
    }

    // ---- outbound

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            ctx.write(message, promise);
            return;
        }
        boolean isHead = message instanceof HttpResponse;
        if (closing || !answerOwed || answerWritten || isHead && answerStarted) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
            if (isHead && answerStarted && !answerWritten) {
                ctx.close(); // an error in the middle of an answer: its end must not look good
            }
            return;
        }
        if (message instanceof HttpResponse response) {
            startAnswer(response);
        }
        if (message instanceof LastHttpContent) {
            answerWritten = true;
            ctx.write(message, promise.unvoid().addListener(done -> answerSent(ctx, done)));
        } else {
            ctx.write(message, promise);
        }
    }

    private void startAnswer(HttpResponse response) {
        answerStarted = true;
        int code = response.status().code();
        if (code >= 500) {
            counters.httpServerErrors.increment();
        } else if (code >= 400) {
            counters.httpClientErrors.increment();
        }
        commonHeaders.addTo(response.headers(), requestId);
        frameAnswer(response);
        if (!requestKeepsAlive
                || stopping
                || inputShut && waiting.isEmpty()
                || continueOwed
                || restIsLong()
                || !HttpUtil.isKeepAlive(response)) {
            closeAfterAnswer = true;
        }
        if (closeAfterAnswer) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (requestIsHttp10) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    /// Gives an answer of unknown length an end that the client can see.
    private void frameAnswer(HttpResponse response) {
        int code = response.status().code();
        boolean hasEnd =
                requestIsHead
                        || code == HttpResponseStatus.NO_CONTENT.code()
                        || code == HttpResponseStatus.NOT_MODIFIED.code()
                        || HttpUtil.isContentLengthSet(response);
        if (hasEnd) {
            return;
        }
        if (requestIsHttp10) {
            HttpUtil.setTransferEncodingChunked(response, false);
            closeAfterAnswer = true;
        } else {
            HttpUtil.setTransferEncodingChunked(response, true);
        }
    }

    private boolean restIsLong() {
        return requestOpen
                && bodyBytesDeclared >= 0
                && bodyBytesDeclared - bodyBytes > DISCARD_BYTES_MAX;
    }

    private void answerSent(ChannelHandlerContext ctx, Future<?> done) {
        answerOwed = false;
        if (!done.isSuccess()) {
            ctx.close();
        } else if (closeAfterAnswer) {
            if (!timedOut && (requestOpen || !waiting.isEmpty())) {
                lingeringClose(ctx);
            } else {
                closing = true;
                ctx.close();
            }
        } else {
            requestEnded(ctx);
        }
    }

    private void requestEnded(ChannelHandlerContext ctx) {
        if (answerOwed || closing) {
            return;
        }
        idleSinceNanos = System.nanoTime();
        passWaiting(ctx);
        if (waiting.isEmpty() && !closing && !inputShut) {
            holdHeads(ctx);
            ctx.read();
        }
    }

    private void lingeringClose(ChannelHandlerContext ctx) {
        closing = true;
        if (inputShut) {
            ctx.close();
        } else {
            LingeringClose.begin(ctx.channel(), LINGER);
        }
    }

    // ---- slowness

    private void noteHeadProgress() {
        boolean bytesCame = meter.bytes() != meterAtReadStart;
        meterAtReadStart = meter.bytes();
        if (bytesCame && !passedInThisRead && !requestOpen && !answerOwed && !headStarted) {
            headStarted = true;
            headStartNanos = System.nanoTime();
        }
        passedInThisRead = false;
    }

    private void checkArrival(ChannelHandlerContext ctx) {
        long now = System.nanoTime();
        if (closing) {
            return;
        }
        if (requestOpen) {
            if (!held && isBodyTooSlow(now)) {
                timeOut(ctx, "body arrives too slowly");
            }
        } else if (answerOwed) {
            if (isAnswerStuck(ctx, now)) {
                counters.timedOut.increment();
                ctx.close();
            }
        } else if (headStarted) {
            if (now - headStartNanos > arrival.head().toNanos()) {
                answerOwed = true;
                answerStarted = false;
                answerWritten = false;
                timeOut(ctx, "request head arrives too slowly");
            }
        } else if (now - Math.max(idleSinceNanos, meter.lastReadNanos())
                > arrival.idle().toNanos()) {
            counters.timedOut.increment();
            closing = true;
            ctx.close();
        }
    }

    private boolean isBodyTooSlow(long now) {
        long elapsed = now - bodyStartNanos;
        if (now - meter.lastReadNanos() > arrival.idle().toNanos()) {
            return true;
        }
        if (elapsed <= arrival.bodyGrace().toNanos()) {
            return false;
        }
        double least = elapsed * 1e-9 * arrival.bodyBytesPerSecondMin();
        boolean tooSlow = meter.bytes() - bodyStartBytes < least;
        bodyStartNanos = now; // the next stretch is measured alone: a good start buys no standstill
        bodyStartBytes = meter.bytes();
        return tooSlow;
    }

    /// The client does not take the answer.
    private boolean isAnswerStuck(ChannelHandlerContext ctx, long now) {
        ChannelOutboundBuffer outbound = ctx.channel().unsafe().outboundBuffer();
        long pending =
                outbound == null
                        ? 0
                        : outbound.totalPendingWriteBytes() - outbound.currentProgress();
        if (pending == 0 || pending != unsentBytes) {
            unsentBytes = pending;
            unsentSinceNanos = now;
            return false;
        }
        return now - unsentSinceNanos > arrival.idle().toNanos();
    }

    private void timeOut(ChannelHandlerContext ctx, String text) {
        counters.timedOut.increment();
        timedOut = true;
        if (answerStarted) {
            ctx.close();
        } else {
            answerMyself(ctx, HttpAnswers.error(HttpResponseStatus.REQUEST_TIMEOUT, text));
        }
    }
}
