package io.tsdb.ingest.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import io.tsdb.ingest.batch.PointSink.WriteResult;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.LineError;
import io.tsdb.ingest.protocol.ProtocolDecoder;
import io.tsdb.storage.model.ResourceLimitException;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.FailureText;
import io.tsdb.storage.net.Listener;
import io.tsdb.storage.net.StopServing;
import io.tsdb.storage.schema.DefinitionConflict;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/// One connection of a [LineTcpServer].
///
/// One batch is in flight at a time; the next one gathers meanwhile, and beyond its limit nothing
/// is read, so that the client's own socket holds it back. An idle connection writes at once, a
/// busy one writes batches that grow with the time a write takes. (When the client has ended its
/// side, epoll delivers what is left in the socket whether asked or not; so much more is gathered
/// once.) What takes long to decode is decoded in turns, between which the loop serves others.
/// Event loop only.
final class LineTcpHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(LineTcpHandler.class);
    private static final int POINT_BYTES_PER_LINE_BYTE = 2;
    private static final String NO_PROGRESS =
            "an unfinished line made no progress while others waited for memory";
    private static final long ROOM_CHECK_MILLIS = 20;

    /// An unfinished line of this size is not counted: every connection may have one.
    private static final long CARRIED_UNCOUNTED_BYTES = 4L << 10;

    private final LineTcpServer server;
    private final LoopPace pace;
    private @Nullable ProtocolDecoder decoder;

    /// Read, not decoded yet; while there is any, nothing is read.
    private final ArrayDeque<ByteBuf> undecoded = new ArrayDeque<>();

    private boolean inputEnded;

    /// Why the connection ends although its client may have sent more.
    private @Nullable String lastWord;

    private @Nullable TokenLine tokenLine;
    private WaitingBytes.@Nullable Arrival unfinished;
    private boolean inFlight;
    private boolean roomCheckScheduled;
    private boolean ending;
    private long gatheredBytes;
    private long reservedBytes;
    private boolean endsWithNewline = true;
    private long lastReadNanos;
    private @Nullable Future<?> idleCheck;

    LineTcpHandler(LineTcpServer server) {
        this.server = server;
        this.pace = new LoopPace(server.ticker());
        this.lastReadNanos = server.ticker().nanos();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        long interval = Math.max(10_000_000L, server.config().idleTimeout().toNanos() / 4);
        idleCheck =
                ctx.executor()
                        .scheduleAtFixedRate(
                                () -> closeIfIdle(ctx), interval, interval, TimeUnit.NANOSECONDS);
        if (server.access().needsToken()) {
            tokenLine = new TokenLine();
            ctx.executor()
                    .schedule(
                            () -> closeIfUnknown(ctx),
                            server.config().tokenTimeout().toNanos(),
                            TimeUnit.NANOSECONDS);
        }
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var bytes = (ByteBuf) message;
        lastReadNanos = server.ticker().nanos();
        if (ending || !isLetIn(ctx, bytes) || !bytes.isReadable()) {
            bytes.release();
            return;
        }
        int size = bytes.readableBytes();
        endsWithNewline = bytes.getByte(bytes.writerIndex() - 1) == '\n';
        reserve(size); // [#readOn] looked at the limit
        server.counters().lineBytes.add(size);
        if (unfinished != null) {
            unfinished.progressed(size);
        }
        undecoded.add(bytes);
        if (undecoded.size() == 1) {
            decodeTurn(ctx);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (undecoded.isEmpty()) {
            flush(ctx);
            countUnfinished(ctx);
            readOn(ctx);
        }
    }

    /// Decodes what was read as far as a turn goes; what is left comes after the loop's other
    /// connections.
    private void decodeTurn(ChannelHandlerContext ctx) {
        pace.beginTurn();
        boolean turn = true;
        while (turn && !ending) {
            ByteBuf bytes = undecoded.peek();
            if (bytes == null) {
                return;
            }
            turn = decodePart(ctx, bytes);
            if (!bytes.isReadable()) {
                undecoded.poll();
                bytes.release();
            }
        }
        if (ending) {
            dropUndecoded();
        } else if (!undecoded.isEmpty()) {
            onLoop(ctx, () -> nextTurn(ctx));
        }
    }

    private void nextTurn(ChannelHandlerContext ctx) {
        decodeTurn(ctx);
        if (undecoded.isEmpty()) {
            if (inputEnded) {
                endInput(ctx);
            } else {
                channelReadComplete(ctx);
            }
        } else {
            flush(ctx);
        }
    }

    private void dropUndecoded() {
        ByteBuf bytes;
        while ((bytes = undecoded.poll()) != null) {
            bytes.release();
        }
    }

    /// What is kept of a line whose end has not come is a share of the waiting points.
    private void countUnfinished(ChannelHandlerContext ctx) {
        WaitingBytes.Arrival share = unfinished;
        ProtocolDecoder lines = decoder;
        long carried = lines == null ? 0 : lines.carriedBytes();
        if (carried <= CARRIED_UNCOUNTED_BYTES) {
            if (share != null) {
                share.shrink(0);
            }
            return;
        }
        if (share == null) {
            share =
                    server.waiting()
                            .arrival(
                                    () -> String.valueOf(peer(ctx).getAddress()),
                                    () -> onLoop(ctx, () -> giveUp(ctx, NO_PROGRESS)));
            unfinished = share;
        }
        if (!share.grow(carried)) {
            giveUp(ctx, "too many unfinished lines wait for their end");
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent || event == StopServing.STOP_SERVING) {
            inputEnded = true;
            if (undecoded.isEmpty()) {
                endInput(ctx);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Future<?> check = idleCheck;
        if (check != null) {
            check.cancel(false);
        }
        inputEnded = true;
        if (undecoded.isEmpty()) {
            endInput(ctx);
        }
    }

    /// Nothing more comes, and all of it is decoded: complete lines are written, whatever ended the
    /// connection.
    private void endInput(ChannelHandlerContext ctx) {
        if (!ending && !endsWithNewline) {
            LOG.info("{}: ended within a line, which is not written", peer(ctx));
        }
        ending = true;
        flush(ctx);
        if (!ctx.channel().isActive() && !inFlight) {
            letGo();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("{}: {}", peer(ctx), cause.toString());
        } else {
            LOG.warn("{}: connection reset: {}", peer(ctx), FailureText.of(cause));
            resetAtClose(ctx);
        }
        ctx.close();
    }

    /// Reads the token line where one is needed.
    private boolean isLetIn(ChannelHandlerContext ctx, ByteBuf bytes) {
        TokenLine line = tokenLine;
        if (line == null) {
            return true;
        }
        line.read(bytes);
        if (line.isComplete()) {
            tokenLine = null;
            String token = line.token();
            if (token != null && mayWrite(token)) {
                return true;
            }
            refuse(ctx, "token refused");
        } else if (line.isTooLong()) {
            refuse(ctx, "no token line");
        }
        return false;
    }

    private boolean mayWrite(String token) {
        var decision =
                server.access()
                        .decide(Optional.of(token), Access.Right.WRITE, server.config().database());
        return decision == Access.Decision.ALLOWED;
    }

    private void refuse(ChannelHandlerContext ctx, String why) {
        LOG.warn("{}: {}", peer(ctx), why);
        ending = true;
        lastWord = why;
        close(ctx);
    }

    /// The end alone says that all lines are written; so where they are not, a line says why.
    private void close(ChannelHandlerContext ctx) {
        String why = lastWord;
        if (why == null) {
            ctx.close();
        } else if (ctx.channel().isActive()) {
            lastWord = null;
            Listener.sayLast(ctx.channel(), LineTcpServer.lastLine(why));
        }
    }

    /// @return whether the turn goes on
    private boolean decodePart(ChannelHandlerContext ctx, ByteBuf bytes) {
        ProtocolDecoder lines = decoder(ctx);
        if (lines == null) {
            return false;
        }
        int part = Math.min(bytes.readableBytes(), pace.partBytes());
        byte[] buffer = server.resourcesOf(ctx.executor()).copyBuffer();
        bytes.readBytes(buffer, 0, part);
        gatheredBytes += part;
        lines.serverTime(server.wallClockNanos());
        try {
            lines.decode(buffer, 0, part);
        } catch (ResourceLimitException tooMuch) {
            giveUp(ctx, tooMuch.getMessage() + "; the lines of this batch are lost");
            return false;
        }
        return pace.endPart(part);
    }

    private void reserve(int textBytes) {
        long points = (long) textBytes * POINT_BYTES_PER_LINE_BYTE;
        server.waiting().reserveAnyway(points);
        reservedBytes += points;
    }

    /// The decoder is of no further use, and what it gathered neither.
    private void giveUp(ChannelHandlerContext ctx, String why) {
        if (ending) {
            return;
        }
        LOG.warn("{}: connection reset: {}", peer(ctx), why);
        closeDecoder();
        ending = true;
        gatheredBytes = 0;
        if (!inFlight) {
            reset(ctx);
        }
    }

    /// The connection's decoder, with its database open; null when there is no such database.
    private @Nullable ProtocolDecoder decoder(ChannelHandlerContext ctx) {
        String database = server.config().database();
        if (gatheredBytes == 0 && !openDatabase(ctx, database)) {
            return null;
        }
        ProtocolDecoder known = decoder;
        if (known != null) {
            if (gatheredBytes == 0) {
                known.renew();
            }
            return known;
        }
        ProtocolDecoder made = server.newDecoder();
        made.begin(
                database,
                server.config().precision(),
                server.wallClockNanos(),
                server.config().decodeLimits());
        decoder = made;
        return made;
    }

    private boolean openDatabase(ChannelHandlerContext ctx, String database) {
        try {
            if (server.sink().openDatabase(database)) {
                return true;
            }
            refuse(ctx, "no database " + database);
        } catch (ResourceLimitException full) {
            refuse(ctx, String.valueOf(full.getMessage()));
        }
        return false;
    }

    private void readOn(ChannelHandlerContext ctx) {
        if (ending
                || !undecoded.isEmpty()
                || inFlight && gatheredBytes >= server.config().batchBytesMax()) {
            return; // [#written] reads on
        }
        if (server.waiting().reserved() < server.waiting().limit()) {
            ctx.read();
        } else if (!roomCheckScheduled) {
            roomCheckScheduled = true;
            ctx.executor()
                    .schedule(
                            () -> {
                                roomCheckScheduled = false;
                                readOn(ctx);
                            },
                            ROOM_CHECK_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void flush(ChannelHandlerContext ctx) {
        if (inFlight) {
            return;
        }
        ProtocolDecoder lines = decoder;
        if (lines != null && gatheredBytes > 0) {
            DecodeResult result = lines.take();
            gatheredBytes = 0;
            noteRefusals(ctx, result);
            if (result.acceptedLines() > 0) {
                inFlight = true;
                write(ctx, result);
                return;
            }
            result.release();
            server.waiting().release(reservedBytes - undecodedReservation());
            reservedBytes = undecodedReservation();
        }
        if (ending) {
            close(ctx);
        }
    }

    private long undecodedReservation() {
        long bytes = 0;
        for (ByteBuf waiting : undecoded) {
            bytes += waiting.readableBytes();
        }
        return bytes * POINT_BYTES_PER_LINE_BYTE;
    }

    private void write(ChannelHandlerContext ctx, DecodeResult result) {
        long reserved = reservedBytes - undecodedReservation();
        reservedBytes -= reserved;
        server.sink().write(result.points(), outcome -> done(ctx, result, reserved, outcome));
    }

    /// Any thread.
    private void done(
            ChannelHandlerContext ctx, DecodeResult result, long reserved, WriteResult outcome) {
        switch (outcome) {
            case WriteResult.Acknowledged() -> {
                server.counters().linesWritten.add(result.acceptedLines());
                result.release();
                server.waiting().release(reserved);
                onLoop(ctx, () -> written(ctx));
            }
            case WriteResult.Overloaded(String _, int retryAfterSeconds) ->
                    writeLater(ctx, result, reserved, retryAfterSeconds);
            case WriteResult.DiskFull(String _, int retryAfterSeconds) ->
                    writeLater(ctx, result, reserved, retryAfterSeconds);
            case WriteResult.Conflicting(List<DefinitionConflict> conflicts) ->
                    onLoop(ctx, () -> writeWithout(ctx, conflicts, result, reserved));
            case WriteResult.TooLarge(String reason) -> lost(ctx, result, reserved, reason);
            case WriteResult.Failed(String reason) -> lost(ctx, result, reserved, reason);
        }
    }

    private void lost(ChannelHandlerContext ctx, DecodeResult result, long reserved, String why) {
        server.counters().writesFailed.increment();
        server.counters().tcpLinesLost.add(result.acceptedLines());
        LOG.error(
                "{}: {} lines not written, connection reset: {}",
                peer(ctx),
                result.acceptedLines(),
                why);
        result.release();
        server.waiting().release(reserved);
        onLoop(ctx, () -> reset(ctx));
    }

    /// Nobody can be told, so the lines are kept and nothing more is read.
    private void writeLater(
            ChannelHandlerContext ctx, DecodeResult result, long reserved, int seconds) {
        onLoopLater(
                ctx,
                () ->
                        server.sink()
                                .write(
                                        result.points(),
                                        again -> done(ctx, result, reserved, again)),
                Math.max(1, seconds));
    }

    /// Another connection defined something otherwise first: those lines are refused, the others
    /// written.
    private void writeWithout(
            ChannelHandlerContext ctx,
            List<DefinitionConflict> conflicts,
            DecodeResult before,
            long reserved) {
        DecodeResult result = before.without(conflicts);
        noteRefusals(ctx, result);
        if (result.acceptedLines() > 0) {
            server.sink().write(result.points(), again -> done(ctx, result, reserved, again));
        } else {
            result.release();
            server.waiting().release(reserved);
            written(ctx);
        }
    }

    private void written(ChannelHandlerContext ctx) {
        inFlight = false;
        flush(ctx);
        readOn(ctx);
        if (!ctx.channel().isActive() && !inFlight && undecoded.isEmpty()) {
            letGo();
        }
    }

    private void reset(ChannelHandlerContext ctx) {
        inFlight = false;
        ending = true;
        gatheredBytes = 0;
        releaseReservation();
        closeDecoder();
        resetAtClose(ctx);
        ctx.close();
    }

    private static void resetAtClose(ChannelHandlerContext ctx) {
        if (ctx.channel().isOpen()) {
            ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
    }

    private void noteRefusals(ChannelHandlerContext ctx, DecodeResult result) {
        int refused = result.errorCount();
        if (refused == 0) {
            return;
        }
        server.counters().refused(result.refused());
        if (server.mayLogRefusal()) {
            LineError first = result.errors().getFirst();
            // not what it says: a token sent where none is expected is a line like any other
            LOG.warn(
                    "{}: {} lines refused, first is line {} of the connection, column {}: {}",
                    peer(ctx),
                    refused,
                    first.lineNumber(),
                    first.column(),
                    first.kind());
        }
        if (server.config().onBadLine() == LineTcpConfig.OnBadLine.DISCONNECT) {
            ending = true;
            LineError first = result.errors().getFirst();
            lastWord =
                    "line %d, column %d: %s, and what came after is not written"
                            .formatted(first.lineNumber(), first.column(), first.kind());
        }
    }

    private void closeIfUnknown(ChannelHandlerContext ctx) {
        if (tokenLine != null && ctx.channel().isActive()) {
            server.connections().timedOut.increment();
            refuse(ctx, "no token line in time");
        }
    }

    private void closeIfIdle(ChannelHandlerContext ctx) {
        if (!inFlight
                && server.ticker().nanos() - lastReadNanos
                        > server.config().idleTimeout().toNanos()) {
            server.connections().timedOut.increment();
            ctx.close();
        }
    }

    /// The connection is gone, and everything it sent is written.
    private void letGo() {
        dropUndecoded();
        releaseReservation();
        closeDecoder();
    }

    private void closeDecoder() {
        WaitingBytes.Arrival share = unfinished;
        if (share != null) {
            unfinished = null;
            share.end();
        }
        ProtocolDecoder known = decoder;
        if (known != null) {
            decoder = null;
            known.close();
        }
    }

    private void releaseReservation() {
        server.waiting().release(reservedBytes);
        reservedBytes = 0;
    }

    private static void onLoop(ChannelHandlerContext ctx, Runnable action) {
        try {
            ctx.executor().execute(action);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("{}: event loop has ended", ctx.channel().remoteAddress());
        }
    }

    private static void onLoopLater(ChannelHandlerContext ctx, Runnable action, int seconds) {
        try {
            ctx.executor().schedule(action, seconds, TimeUnit.SECONDS);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("{}: event loop has ended", ctx.channel().remoteAddress());
        }
    }

    private static InetSocketAddress peer(ChannelHandlerContext ctx) {
        return ctx.channel().remoteAddress() instanceof InetSocketAddress address
                ? address
                : new InetSocketAddress(0);
    }
}
