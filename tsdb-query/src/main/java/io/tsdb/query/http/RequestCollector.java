package io.tsdb.query.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import io.tsdb.query.exec.QueryCaller;
import io.tsdb.query.fragment.QueryCancellation;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.HttpCredentials;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// Takes the GET and POST requests of one path with their small bodies.
///
/// On the event loop only who asks is looked at, from the head alone and before any of the body is
/// held, and bytes are gathered. Everything else (decoding, parsing, the right to this database,
/// the statement itself) runs on the executor. A client that goes away cancels its statement.
abstract class RequestCollector extends ChannelInboundHandlerAdapter {
    /// Longest body of a query request, in bytes.
    static final int BODY_BYTES_MAX = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(RequestCollector.class);

    private final String path;
    private final Set<HttpMethod> methods;
    private final Executor executor;
    private final Access access;
    private final StatementBytes held;
    private @Nullable Incoming incoming;
    private volatile @Nullable QueryCancellation running;

    /// @param executor runs statements; when it refuses, the answer is 503
    /// @param held shared by all connections
    RequestCollector(String path, Executor executor, Access access, StatementBytes held) {
        this(path, Set.of(HttpMethod.GET, HttpMethod.POST), executor, access, held);
    }

    /// @param methods that the path takes
    RequestCollector(
            String path,
            Set<HttpMethod> methods,
            Executor executor,
            Access access,
            StatementBytes held) {
        this.path = path;
        this.methods = methods;
        this.executor = executor;
        this.access = access;
        this.held = held;
    }

    /// A request whose body is on its way.
    private static final class Incoming {
        private final HttpRequest head;
        private final Optional<String> token;
        private final Map<String, List<String>> query;
        private final ByteBuf body;
        private long reserved;

        Incoming(
                HttpRequest head,
                Optional<String> token,
                Map<String, List<String>> query,
                ByteBuf body) {
            this.head = head;
            this.token = token;
            this.query = query;
            this.body = body;
        }
    }

    /// A whole request of somebody who is known.
    ///
    /// @param token that the sender presents, in the head or in the URL
    /// @param parameters of the URL, and of the body when it is a form
    /// @param text the body when it is not a form
    record Request(
            HttpRequest head,
            Optional<String> token,
            Map<String, List<String>> parameters,
            String text,
            QueryCancellation cancellation) {
        @Nullable String first(String name) {
            List<String> values = parameters.get(name);
            return values == null || values.isEmpty() ? null : values.getFirst();
        }
    }

    /// Answers a request. On the executor; blocks as long as it takes.
    abstract void serve(ChannelHandlerContext ctx, Request request);

    /// Refuses a request in the error form of the endpoint.
    abstract FullHttpResponse refusal(HttpResponseStatus status, String code, String message);

    /// Where a request comes from, for logs.
    static String address(ChannelHandlerContext ctx) {
        return ctx.channel().remoteAddress() instanceof InetSocketAddress from
                ? from.getAddress().getHostAddress()
                : "";
    }

    /// Who presents a token, for logs and for `SHOW QUERIES`.
    String senderName(Optional<String> token) {
        return access.sender(token)
                .map(Access.Sender::name)
                .orElse(access.needsToken() ? "" : QueryCaller.EVERYBODY.name());
    }

    Access access() {
        return access;
    }

    /// The answer to somebody who may not do what they ask.
    FullHttpResponse denial(Access.Decision decision) {
        if (decision == Access.Decision.FORBIDDEN) {
            return refusal(HttpResponseStatus.FORBIDDEN, "forbidden", "this token may not do that");
        }
        FullHttpResponse response =
                refusal(
                        HttpResponseStatus.UNAUTHORIZED,
                        "unauthenticated",
                        "authentication required");
        response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"tsdb\"");
        return response;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest head) {
            begin(ctx, head);
        }
        try {
            if (message instanceof HttpContent content) {
                collect(ctx, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        HttpMethod method = head.method();
        if (!methods.contains(method)) {
            String taken = methods.size() == 1 ? "POST" : "GET, POST";
            FullHttpResponse response =
                    refusal(
                            HttpResponseStatus.METHOD_NOT_ALLOWED,
                            "wrong_method",
                            path + " takes " + taken.replace(", ", " and ") + ", not " + method);
            response.headers().set(HttpHeaderNames.ALLOW, taken);
            ctx.writeAndFlush(response);
            return;
        }
        Map<String, List<String>> query;
        try {
            query = new QueryStringDecoder(head.uri()).parameters();
        } catch (IllegalArgumentException _) {
            ctx.writeAndFlush(malformed("the query string"));
            return;
        }
        Optional<String> token = HttpCredentials.tokenIn(head.headers(), query);
        if (access.knows(token)) {
            incoming = new Incoming(head, token, query, ctx.alloc().buffer());
        } else {
            ctx.writeAndFlush(denial(Access.Decision.UNAUTHENTICATED));
        }
    }

    /// The text of the exception would repeat what was sent, secrets and all.
    private FullHttpResponse malformed(String what) {
        return refusal(
                HttpResponseStatus.BAD_REQUEST,
                "invalid_value",
                what + " is malformed: each % needs two hex digits behind it");
    }

    private void collect(ChannelHandlerContext ctx, HttpContent content) {
        Incoming current = incoming;
        if (current == null) {
            return;
        }
        int size = content.content().readableBytes();
        if (current.body.readableBytes() + size > BODY_BYTES_MAX) {
            drop();
            ctx.writeAndFlush(
                    refusal(
                            HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                            "too_large",
                            "a query request is limited to " + BODY_BYTES_MAX + " bytes"));
            return;
        }
        if (!held.tryReserve(current.reserved, size)) {
            drop();
            ctx.writeAndFlush(overloaded("too many statements are on their way; try again"));
            return;
        }
        current.reserved += size;
        current.body.writeBytes(content.content());
        if (content instanceof LastHttpContent) {
            submit(ctx, current);
        }
    }

    private FullHttpResponse overloaded(String text) {
        FullHttpResponse response =
                refusal(HttpResponseStatus.SERVICE_UNAVAILABLE, "overloaded", text);
        response.headers().set(HttpHeaderNames.RETRY_AFTER, "1");
        return response;
    }

    private void submit(ChannelHandlerContext ctx, Incoming whole) {
        incoming = null;
        var cancellation = new QueryCancellation();
        running = cancellation;
        try {
            executor.execute(() -> run(ctx, whole, cancellation));
        } catch (RejectedExecutionException _) {
            free(whole);
            ctx.writeAndFlush(overloaded("too many queries are running"));
        }
    }

    private void run(ChannelHandlerContext ctx, Incoming whole, QueryCancellation cancellation) {
        try {
            if (cancellation.isCancelled()) {
                return;
            }
            Request request = decode(ctx, whole, cancellation);
            if (request != null) {
                serve(ctx, request);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("request to {} failed", path, e);
            ctx.writeAndFlush(
                    refusal(
                            HttpResponseStatus.INTERNAL_SERVER_ERROR,
                            "internal_error",
                            "the request failed inside the server; its log says why"));
        } finally {
            free(whole);
        }
    }

    private @Nullable Request decode(
            ChannelHandlerContext ctx, Incoming whole, QueryCancellation cancellation) {
        String text = whole.body.toString(StandardCharsets.UTF_8);
        var parameters = new HashMap<>(whole.query);
        if (isForm(whole.head.headers().get(HttpHeaderNames.CONTENT_TYPE, ""))) {
            try {
                parameters.putAll(new QueryStringDecoder(text, false).parameters());
            } catch (IllegalArgumentException _) {
                ctx.writeAndFlush(malformed("the form"));
                return null;
            }
            text = "";
        }
        return new Request(whole.head, whole.token, parameters, text, cancellation);
    }

    /// Whether a body of this type holds parameters; it is text otherwise.
    boolean isForm(String type) {
        return type.startsWith("application/x-www-form-urlencoded");
    }

    private void free(Incoming whole) {
        whole.body.release();
        held.release(whole.reserved);
    }

    private void drop() {
        Incoming current = incoming;
        if (current != null) {
            incoming = null;
            free(current);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        drop();
        QueryCancellation cancellation = running;
        if (cancellation != null) {
            cancellation.cancel();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        drop();
    }

    static FullHttpResponse response(HttpResponseStatus status, String contentType, String body) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        status,
                        Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        response.headers()
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        return response;
    }
}
