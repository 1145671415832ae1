package io.tsdb.cluster.node.admin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.HttpCredentials;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/// Gathers a small request and has it answered. One per connection.
final class AdminHandler extends ChannelInboundHandlerAdapter {
    static final int BODY_BYTES_MAX = 16 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private final Access access;
    private final Executor executor;
    private final Function<AdminRequest, FullHttpResponse> answers;
    private @Nullable HttpRequest head;
    private @Nullable ByteBuf body;

    /// @param answers asked on the executor; may block
    AdminHandler(
            Access access, Executor executor, Function<AdminRequest, FullHttpResponse> answers) {
        this.access = access;
        this.executor = executor;
        this.answers = answers;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof HttpRequest begun) {
                drop();
                head = begun;
                body = ctx.alloc().buffer();
            }
            if (message instanceof HttpContent content) {
                take(ctx, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void take(ChannelHandlerContext ctx, HttpContent content) {
        HttpRequest asked = head;
        ByteBuf gathered = body;
        if (asked == null || gathered == null) {
            return; // answered already
        }
        if (gathered.readableBytes() + content.content().readableBytes() > BODY_BYTES_MAX) {
            drop();
            ctx.writeAndFlush(
                    AdminAnswers.error(
                            HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                            "too_large",
                            "a request here has at most " + BODY_BYTES_MAX + " bytes"));
            return;
        }
        gathered.writeBytes(content.content());
        if (content instanceof LastHttpContent) {
            AdminRequest request = request(ctx, asked, gathered.toString(StandardCharsets.UTF_8));
            drop();
            submit(ctx, request);
        }
    }

    private AdminRequest request(ChannelHandlerContext ctx, HttpRequest asked, String text) {
        var target = new QueryStringDecoder(asked.uri());
        String who =
                access.sender(HttpCredentials.tokenIn(asked.headers(), target.parameters()))
                        .map(Access.Sender::name)
                        .orElse("");
        String from =
                ctx.channel().remoteAddress() instanceof InetSocketAddress address
                        ? address.getAddress().getHostAddress()
                        : "";
        return new AdminRequest(
                asked.method(), asked.headers(), target.parameters(), text, who, from);
    }

    private void submit(ChannelHandlerContext ctx, AdminRequest request) {
        try {
            executor.execute(() -> ctx.writeAndFlush(answer(request)));
        } catch (RejectedExecutionException _) {
            ctx.writeAndFlush(
                    AdminAnswers.error(
                            HttpResponseStatus.SERVICE_UNAVAILABLE,
                            "overloaded",
                            "too many queries are running"));
        }
    }

    private FullHttpResponse answer(AdminRequest request) {
        try {
            return answers.apply(request);
        } catch (RuntimeException | Error e) {
            LOG.error("an administrative request failed", e);
            return AdminAnswers.error(
                    HttpResponseStatus.INTERNAL_SERVER_ERROR,
                    "internal_error",
                    "the request failed inside the server; its log says why");
        }
    }

    private void drop() {
        ByteBuf gathered = body;
        head = null;
        body = null;
        if (gathered != null) {
            gathered.release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        drop();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        drop();
    }
}
