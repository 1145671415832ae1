package io.tsdb.ingest.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import io.tsdb.ingest.protocol.ProtocolDecoder;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.HttpAnswers;
import io.tsdb.storage.net.HttpCredentials;

import org.jspecify.annotations.Nullable;

/// Serves the write endpoints on one connection.
final class WriteHandler extends ChannelInboundHandlerAdapter {
    private static final V1WriteContract V1 = new V1WriteContract();
    private static final V2WriteContract V2 = new V2WriteContract();
    private static final V3WriteContract V3 = new V3WriteContract();
    private static final QuestDbWriteContract QUEST_DB = new QuestDbWriteContract(V1);

    private final WriteEndpoint endpoint;
    private final LoopPace pace;
    private @Nullable WriteExchange exchange;

    /// The exchange's body, when it is not decoded here; also after its answer.
    private @Nullable DetachedBody detached;

    private long exchangeNumber;

    /// When the head of the latest request came.
    private long begunNanos;

    private @Nullable ProtocolDecoder lastDecoder;

    WriteHandler(WriteEndpoint endpoint) {
        this.endpoint = endpoint;
        this.pace = new LoopPace(endpoint.threads().ticker());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            begin(ctx, contractOf(request), request);
        }
        try {
            if (message instanceof HttpContent content) {
                take(ctx, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        abandon();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        abandon();
    }

    private void begin(ChannelHandlerContext ctx, WriteContract contract, HttpRequest request) {
        abandon();
        begunNanos = endpoint.threads().ticker().nanos();
        if (!request.method().equals(HttpMethod.POST)) {
            answer(
                    ctx,
                    HttpAnswers.wrongMethod(
                            request.method().name(), contract.path(), HttpMethod.POST.name()));
            return;
        }
        try {
            WriteRequest parsed = WriteRequest.parse(contract, request, endpoint.config());
            WriteAdmission.check(endpoint, parsed, request.headers());
            var begun =
                    new WriteExchange(
                            endpoint,
                            parsed,
                            ctx.executor(),
                            lastDecoder,
                            arrival(ctx, parsed, request));
            exchange = begun;
            if (begun.isLong(HttpUtil.getContentLength(request, 0L))) {
                detach(ctx, begun);
            }
        } catch (WriteRefusedException refused) {
            answer(ctx, refusalOf(contract, request, refused));
        }
    }

    /// A stranger learns nothing but that.
    private FullHttpResponse refusalOf(
            WriteContract contract, HttpRequest request, WriteRefusedException refused) {
        boolean known =
                !refused.status().equals(HttpResponseStatus.UNAUTHORIZED)
                        && endpoint.access()
                                .knows(
                                        HttpCredentials.tokenIn(
                                                request.headers(),
                                                new QueryStringDecoder(request.uri())
                                                        .parameters()));
        return known
                ? contract.error(refused.status(), refused.text())
                : contract.error(HttpResponseStatus.UNAUTHORIZED, WriteAdmission.UNAUTHORIZED);
    }

    private WaitingBytes.Arrival arrival(
            ChannelHandlerContext ctx, WriteRequest parsed, HttpRequest request) {
        long number = ++exchangeNumber;
        return endpoint.waiting()
                .arrival(
                        () -> sender(request, parsed),
                        () -> ctx.executor().execute(() -> giveUp(ctx, number)));
    }

    /// Empty while everybody is let in.
    private String sender(HttpRequest request, WriteRequest parsed) {
        return endpoint.access()
                .sender(HttpCredentials.tokenIn(request.headers(), parsed.query()))
                .map(Access.Sender::name)
                .orElse("");
    }

    private void giveUp(ChannelHandlerContext ctx, long number) {
        WriteExchange current = exchange;
        if (current != null && number == exchangeNumber && abandon()) {
            answer(ctx, current.givenUp());
        }
    }

    private void take(ChannelHandlerContext ctx, HttpContent content) {
        WriteExchange current = exchange;
        if (current == null) {
            return; // answered already
        }
        DetachedBody body = detached;
        if (body == null) {
            try {
                if (current.takePlain(content.content(), pace) && !current.isLong(0)) {
                    if (content instanceof LastHttpContent) {
                        lastDecoder = current.decoder();
                        exchange = null;
                        current.finish(response -> answer(ctx, response));
                    }
                    return;
                }
            } catch (WriteRefusedException refused) {
                exchange = null;
                current.abandon();
                answer(ctx, current.refusal(refused));
                return;
            }
            body = detach(ctx, current);
        }
        body.take(content.content());
        if (content instanceof LastHttpContent) {
            body.complete();
        }
    }

    /// From here on another thread decodes.
    private DetachedBody detach(ChannelHandlerContext ctx, WriteExchange current) {
        var body =
                new DetachedBody(
                        current, endpoint.threads(), ctx, response -> answer(ctx, response));
        detached = body;
        lastDecoder = current.decoder();
        return body;
    }

    /// Any thread.
    private void answer(ChannelHandlerContext ctx, FullHttpResponse response) {
        long nanos = endpoint.threads().ticker().nanos() - begunNanos;
        endpoint.counters().answered(response.status().code(), nanos);
        ctx.writeAndFlush(response);
    }

    /// @return whether there was a request that is not answered otherwise
    private boolean abandon() {
        WriteExchange current = exchange;
        DetachedBody body = detached;
        exchange = null;
        detached = null;
        if (body != null) {
            return body.abandon();
        }
        if (current != null) {
            current.abandon();
        }
        return current != null;
    }

    private static WriteContract contractOf(HttpRequest request) {
        String uri = request.uri();
        int query = uri.indexOf('?');
        return switch (query < 0 ? uri : uri.substring(0, query)) {
            case V1WriteContract.PATH ->
                    QuestDbWriteContract.isClient(request.headers()) ? QUEST_DB : V1;
            case V2WriteContract.PATH -> V2;
            case V3WriteContract.PATH -> V3;
            default -> throw new IllegalStateException("BUG: no write endpoint: " + uri);
        };
    }
}
