package io.tsdb.storage.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.tsdb.storage.model.Ticker;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
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
/// When the client ends its side, handlers see [ChannelInputShutdownEvent] and may still answer. A
/// client that has gone looks the same until something is sent to it: so while an answer is owed,
/// an interim one is sent each second (102, which clients skip), and who has gone resets the
/// connection; handlers see `channelInactive` and stop what nobody waits for.
final class RequestGate extends ChannelDuplexHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RequestGate.class);
    private static final Duration LINGER = Duration.ofSeconds(10);
    private static final long PROBE_MILLIS = 1000;
    private static final byte[] INTERIM =
            "HTTP/1.1 102 Processing\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /// What the connection is for.
    private enum Phase {
        /// Requests are let in.
        SERVING,
        /// The node stops: what is in flight is answered, nothing is let in.
        STOPPING,
        /// Nothing is passed on or sent any more.
        CLOSING
    }

    private final CommonHeaders commonHeaders;
    private final ConnectionCounters counters;
    private final HeadRoom headRoom;
    private final ArrivalWatch arrival;
    private final Exchange exchange = new Exchange();

    private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();
    private Phase phase = Phase.SERVING;
    private BodyFlow flow = BodyFlow.READ_ON;
    private boolean clientEnded;
    private boolean passing;
    private boolean passedInThisRead;
    private long headBytes;

    /// Requests passed on that came in the latest read.
    private int requestsOfRead;

    private @Nullable Future<?> check;
    private @Nullable Future<?> probe;

    RequestGate(
            CommonHeaders commonHeaders,
            ArrivalLimits limits,
            ConnectionCounters counters,
            ReadMeter meter,
            HeadRoom headRoom,
            Ticker ticker) {
        this.commonHeaders = commonHeaders;
        this.counters = counters;
        this.headRoom = headRoom;
        this.arrival = new ArrivalWatch(limits, meter, ticker);
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
        cancel(check);
        cancel(probe);
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        arrival.connectionEnded();
        holdHeads(ctx);
        ctx.fireChannelInactive();
    }

    private static void cancel(@Nullable Future<?> scheduled) {
        if (scheduled != null) {
            scheduled.cancel(false);
        }
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
        arrival.readEnded(!passedInThisRead && exchange.isOver());
        passedInThisRead = false;
        holdHeads(ctx);
        ctx.fireChannelReadComplete();
        if (waiting.isEmpty() && flow == BodyFlow.READ_ON) {
            ctx.read();
        }
    }

    /// Counts what this connection holds of requests that no handler has yet.
    private void holdHeads(ChannelHandlerContext ctx) {
        long now = arrival.isHeadArriving() ? HeadRoom.UNFINISHED_BYTES : 0;
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
                if (next == null || next instanceof HttpRequest && !exchange.isOver()) {
                    return;
                }
                pass(ctx, waiting.remove());
            }
        } finally {
            passing = false;
        }
    }

    private void pass(ChannelHandlerContext ctx, HttpObject message) {
        boolean passes =
                switch (phase) {
                    case SERVING -> true;
                    case STOPPING -> !(message instanceof HttpRequest);
                    case CLOSING -> false;
                };
        if (!passes) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpRequest request) {
            passHead(ctx, request);
        } else {
            passContent(ctx, (HttpContent) message);
        }
    }

    private void passHead(ChannelHandlerContext ctx, HttpRequest request) {
        counters.httpRequests.increment();
        flow = BodyFlow.READ_ON;
        exchange.begin(request, commonHeaders.requestId(request.headers()));
        requestsOfRead++;
        if (requestsOfRead == HttpServer.PIPELINED_MAX) {
            exchange.closeAfterwards();
        }
        arrival.requestBegins();
        if (request.decoderResult().isFailure()) {
            ReferenceCountUtil.release(request);
            answerMalformed(ctx, request.decoderResult().cause());
            return;
        }
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
        if (phase != Phase.CLOSING && exchange.takeContinue()) {
            ctx.writeAndFlush(HttpAnswers.empty(HttpResponseStatus.CONTINUE));
        }
    }

    private void passContent(ChannelHandlerContext ctx, HttpContent content) {
        int size = content.content().readableBytes();
        boolean last = content instanceof LastHttpContent;
        exchange.arrived(size, last);
        if (content.decoderResult().isFailure()) {
            Throwable cause = content.decoderResult().cause();
            content.release();
            if (exchange.answer() == Exchange.Answer.OWED) {
                answerMalformed(ctx, cause);
            } else {
                ctx.close();
            }
        } else if (exchange.isAnswerWritten()) {
            content.release();
            boolean tooMuch = exchange.discard(size);
            if (last) {
                requestEnded(ctx);
            } else if (tooMuch && !exchange.isAnswerOwed()) {
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
        exchange.closeAfterwards();
        write(ctx, response, ctx.newPromise());
        ctx.flush();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == StopServing.STOP_SERVING) {
            if (phase == Phase.SERVING) {
                phase = Phase.STOPPING;
            }
            exchange.closeAfterwards();
            if (exchange.isOver()) {
                ctx.close();
            }
        } else if (event == BodyFlow.HOLD) {
            flow = BodyFlow.HOLD;
        } else if (event == BodyFlow.READ_ON) {
            readOn(ctx);
        } else if (event instanceof ChannelInputShutdownEvent) {
            clientEnded = true;
            if (exchange.canEndWithoutMore()) {
                probe =
                        ctx.executor()
                                .scheduleAtFixedRate(
                                        () -> probe(ctx),
                                        PROBE_MILLIS,
                                        PROBE_MILLIS,
                                        TimeUnit.MILLISECONDS);
                ctx.fireUserEventTriggered(event);
            } else if (phase != Phase.CLOSING) {
                ctx.close(); // nothing more can come of it
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    /// Past the codec, which would take it for the answer that it waits for.
    private void probe(ChannelHandlerContext ctx) {
        ChannelHandlerContext outside = ctx.pipeline().context(ReadMeter.class);
        if (outside != null
                && phase != Phase.CLOSING
                && exchange.answer() == Exchange.Answer.OWED
                && !exchange.isHttp10()) {
            outside.writeAndFlush(Unpooled.wrappedBuffer(INTERIM));
        }
    }

    private void readOn(ChannelHandlerContext ctx) {
        if (flow == BodyFlow.HOLD) {
            flow = BodyFlow.READ_ON;
            arrival.readOn();
            if (waiting.isEmpty() && phase != Phase.CLOSING) {
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
        boolean isHead = message instanceof HttpResponse;
        if (message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            ctx.write(message, promise);
            return;
        }
        boolean fits =
                switch (exchange.answer()) {
                    case OWED -> true;
                    case BEGUN -> !isHead;
                    case WRITTEN, SENT -> false;
                };
        if (phase == Phase.CLOSING || !fits) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
            if (isHead && exchange.answer() == Exchange.Answer.BEGUN) {
                ctx.close(); // an error in the middle of an answer: its end must not look good
            }
            return;
        }
        if (message instanceof HttpResponse response) {
            beginAnswer(response);
        }
        if (message instanceof LastHttpContent) {
            exchange.answerWritten();
            ctx.write(message, promise.unvoid().addListener(done -> answerSent(ctx, done)));
        } else {
            ctx.write(message, promise);
        }
    }

    private void beginAnswer(HttpResponse response) {
        int code = response.status().code();
        if (code >= 500) {
            counters.httpServerErrors.increment();
        } else if (code >= 400) {
            counters.httpClientErrors.increment();
        }
        commonHeaders.addTo(response.headers(), exchange.requestId());
        boolean moreMayCome = !clientEnded || !waiting.isEmpty();
        exchange.beginAnswer(response, phase == Phase.SERVING && moreMayCome);
        if (exchange.afterwards() != Exchange.Afterwards.GO_ON) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (exchange.isHttp10()) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    private void answerSent(ChannelHandlerContext ctx, Future<?> done) {
        exchange.answerSent();
        if (!done.isSuccess()) {
            ctx.close();
            return;
        }
        switch (exchange.afterwards()) {
            case GO_ON -> requestEnded(ctx);
            case CLOSE -> {
                if (exchange.isArriving() || !waiting.isEmpty()) {
                    lingeringClose(ctx);
                } else {
                    close(ctx);
                }
            }
            case CUT_OFF -> close(ctx);
        }
    }

    /// The answer is sent, or the rest of a request behind its answer has come: the next may begin.
    private void requestEnded(ChannelHandlerContext ctx) {
        if (exchange.isAnswerOwed() || phase == Phase.CLOSING) {
            return;
        }
        arrival.requestEnded();
        passWaiting(ctx);
        if (!waiting.isEmpty() || phase == Phase.CLOSING) {
            return;
        }
        if (!clientEnded) {
            holdHeads(ctx);
            ctx.read();
        } else if (!exchange.canEndWithoutMore()) {
            close(ctx); // what waited is answered, or lacks its end
        }
    }

    private void lingeringClose(ChannelHandlerContext ctx) {
        if (clientEnded) {
            close(ctx);
        } else {
            phase = Phase.CLOSING;
            LingeringClose.begin(ctx.channel(), LINGER);
        }
    }

    private void close(ChannelHandlerContext ctx) {
        phase = Phase.CLOSING;
        ctx.close();
    }

    // ---- slowness

    private void checkArrival(ChannelHandlerContext ctx) {
        if (phase == Phase.CLOSING) {
            return;
        }
        switch (arrival.look(exchange, flow == BodyFlow.HOLD, ctx.channel())) {
            case IN_TIME -> {}
            case BODY_TOO_SLOW -> timeOut(ctx, "body arrives too slowly");
            case HEAD_TOO_SLOW -> {
                exchange.beginWithoutRequest();
                timeOut(ctx, "request head arrives too slowly");
            }
            case ANSWER_NOT_TAKEN -> {
                counters.timedOut.increment();
                ctx.close();
            }
            case IDLE -> {
                counters.timedOut.increment();
                close(ctx);
            }
        }
    }

    private void timeOut(ChannelHandlerContext ctx, String text) {
        counters.timedOut.increment();
        exchange.cutOffAfterwards();
        if (exchange.answer() == Exchange.Answer.OWED) {
            answerMyself(ctx, HttpAnswers.error(HttpResponseStatus.REQUEST_TIMEOUT, text));
        } else {
            ctx.close();
        }
    }
}
