package io.tsdb.cluster.node.console;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;

import java.util.Map;
import java.util.Objects;

/// What the console's page loads. One per connection.
final class FileHandler extends ChannelInboundHandlerAdapter {
    private final Map<String, ConsoleFile> files;

    /// @param files by their paths, all of the route
    FileHandler(Map<String, ConsoleFile> files) {
        this.files = files;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            FullHttpResponse wrong = ConsoleAnswers.wrongMethod(request);
            String path = new QueryStringDecoder(request.uri()).rawPath();
            ConsoleFile file = Objects.requireNonNull(files.get(path), path);
            ctx.writeAndFlush(wrong == null ? ConsoleAnswers.file(request, file) : wrong);
        }
        ReferenceCountUtil.release(message);
    }
}
