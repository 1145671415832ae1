package io.tsdb.ingest.transport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.EventExecutor;
import io.tsdb.ingest.batch.PointSink.WriteResult;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.ProtocolDecoder;
import io.tsdb.storage.model.ResourceLimitException;
import io.tsdb.storage.net.HttpAnswers;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/// One write request from the first byte of its body to its answer.
///
/// The body is decoded as it arrives; nothing is written before its end. A plain, short body stays
/// on its event loop ([#takePlain]); of others the loop only counts what comes ([#gathered]), and a
/// [DetachedBody] decodes. After [#finish] the rest runs on the thread of the sink's callback.
final class WriteExchange {
    private static final int RETRY_AFTER_SECONDS = 1;

    /// Points take more memory than their text where lines are short.
    private static final int POINT_BYTES_PER_LINE_BYTE = 2;

    /// Many small bodies, or a few large ones: steps grow with what is held.
    private static final long RESERVATION_STEP_MIN = 16L << 10;

    private static final long RESERVATION_STEP_MAX = 256L << 10;

    /// A longer body is handed over for some milliseconds, too (the log's record is encoded).
    private static final long LOOP_BYTES_MAX = 4L << 20;

    /// Text that is decoded in one step where others wait for the thread.
    private static final int STEP_BYTES = 64 << 10;

    private final WriteEndpoint endpoint;
    private final WriteRequest request;
    private final LoopResources resources;
    private final ProtocolDecoder decoder;
    private final @Nullable BodyCoding coding;
    private final WaitingBytes.Arrival arrival;
    private final EventExecutor loop;
    private final long bytesAtStart;
    private boolean decoding = true;
    private boolean decoderIsGood = true;

    // of the event loop
    private long rawBytes;

    // guarded by this
    private long decodedNeeds;
    private long gatheredBytes;

    // of the thread that decodes
    private byte[] piece = {};
    private int pieceAt;
    private int pieceEnd;
    private byte @Nullable [] stepBuffer;
    private long inflatedBytes;
    private long writtenBytes;

    /// @param arrival its share of the waiting bytes
    WriteExchange(
            WriteEndpoint endpoint,
            WriteRequest request,
            EventExecutor loop,
            @Nullable ProtocolDecoder lastDecoder,
            WaitingBytes.Arrival arrival) {
        this.endpoint = endpoint;
        this.request = request;
        this.loop = loop;
        this.resources = endpoint.resourcesOf(loop);
        this.arrival = arrival;
        this.coding =
                switch (request.coding()) {
                    case IDENTITY -> null;
                    case GZIP -> new GzipCoding();
                    case DEFLATE -> new DeflateCoding();
                };
        this.decoder = resources.takeDecoder(lastDecoder);
        decoder.begin(
                request.database(),
                request.precision(),
                endpoint.wallClockNanos(),
                endpoint.config().decodeLimits());
        this.bytesAtStart = decoder.pendingBytes();
    }

    /// Waiting bytes that a body of this size takes while it is decoded.
    static long bytesReservedFor(long inflatedBytes) {
        return inflatedBytes * POINT_BYTES_PER_LINE_BYTE;
    }

    /// For the next request of the connection, which finds its series in this one's cache.
    ProtocolDecoder decoder() {
        return decoder;
    }

    /// Whether the body may take long, as far as is known.
    ///
    /// @param declaredBytes 0 when the client did not say
    boolean isLong(long declaredBytes) {
        return coding != null || Math.max(declaredBytes, rawBytes) > LOOP_BYTES_MAX;
    }

    /// Decodes the next piece of a plain body, as far as the loop's turn goes; does not release it.
    ///
    /// @return whether all of it is decoded
    boolean takePlain(ByteBuf bytes, LoopPace pace) throws WriteRefusedException {
        pace.beginTurn();
        boolean turn = true;
        while (turn && bytes.isReadable()) {
            int part = Math.min(bytes.readableBytes(), pace.partBytes());
            count(part);
            if (bytes.hasArray()) {
                int from = bytes.arrayOffset() + bytes.readerIndex();
                decode(bytes.array(), from, from + part);
                bytes.skipBytes(part);
            } else {
                byte[] buffer = resources.copyBuffer();
                bytes.readBytes(buffer, 0, part);
                decode(buffer, 0, part);
            }
            turn = pace.endPart(part);
        }
        return !bytes.isReadable();
    }

    private void count(int size) throws WriteRefusedException {
        rawBytes += size;
        if (rawBytes > endpoint.config().rawBytesMax()) {
            throw WriteRequest.tooLarge("body", rawBytes, endpoint.config().rawBytesMax());
        }
        endpoint.counters().writeBytesRaw.add(size);
    }

    /// More of the body waits to be decoded by another thread. Event loop.
    void gathered(int size) throws WriteRefusedException {
        count(size);
        arrival.progressed(size);
        synchronized (this) {
            gatheredBytes += size;
            reserve(decodedNeeds);
        }
    }

    /// Takes what was gathered, for the next steps.
    void feed(byte[] bytes, int from, int to) {
        synchronized (this) {
            gatheredBytes -= to - from;
        }
        piece = bytes;
        pieceAt = from;
        pieceEnd = to;
        if (coding != null) {
            coding.feed(bytes, from, to);
        }
    }

    /// Decodes a part of what was fed.
    ///
    /// @return whether there may be more of it
    boolean step() throws WriteRefusedException {
        if (coding == null) {
            int from = pieceAt;
            pieceAt = Math.min(pieceEnd, from + STEP_BYTES);
            decode(piece, from, pieceAt);
            return pieceAt < pieceEnd;
        }
        byte[] buffer = stepBuffer;
        if (buffer == null) {
            buffer = new byte[STEP_BYTES];
            stepBuffer = buffer;
        }
        int size = coding.read(buffer);
        if (size > 0) {
            decode(buffer, 0, size);
        }
        return size > 0;
    }

    private void decode(byte[] buffer, int from, int to) throws WriteRefusedException {
        inflatedBytes += to - from;
        WriteConfig config = endpoint.config();
        if (inflatedBytes > config.inflatedBytesMax()) {
            throw WriteRequest.tooLarge("inflated body", inflatedBytes, config.inflatedBytesMax());
        }
        arrival.progressed(bytesReservedFor(to - from));
        reserve(bytesReservedFor(inflatedBytes));
        try {
            decoder.decode(buffer, from, to);
        } catch (ResourceLimitException tooMuch) {
            throw tooMuchMemory(tooMuch);
        }
        reserve(decoder.pendingBytes() - bytesAtStart);
    }

    /// Sees to it that so much is reserved, and what waits to be decoded as well.
    private synchronized void reserve(long decodedBytes) throws WriteRefusedException {
        decodedNeeds = Math.max(decodedNeeds, decodedBytes);
        long held = arrival.held();
        long bytes = decodedNeeds + gatheredBytes;
        if (bytes <= held) {
            return;
        }
        long step = Math.clamp(held, RESERVATION_STEP_MIN, RESERVATION_STEP_MAX);
        long most = endpoint.waiting().arrivalMax();
        long wanted = Math.min(most, (bytes + step - 1) / step * step);
        if (decodedNeeds > most) {
            throw new WriteRefusedException(
                    HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                    "points of one request are limited to "
                            + most
                            + " bytes of memory; send fewer lines per request");
        }
        if (!arrival.grow(wanted)) {
            endpoint.counters().writesOverloaded.increment();
            throw new WriteRefusedException(
                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                    "too many points are waiting to be written; try again");
        }
    }

    /// The answer when its share of the waiting bytes was taken away.
    FullHttpResponse givenUp() {
        endpoint.counters().writesOverloaded.increment();
        return overloaded(
                "the body made no progress while others waited for memory; try again",
                RETRY_AFTER_SECONDS);
    }

    /// The answer to a request that was given up with [#abandon()].
    FullHttpResponse refusal(WriteRefusedException refused) {
        return refused.status().equals(HttpResponseStatus.SERVICE_UNAVAILABLE)
                ? overloaded(refused.text(), RETRY_AFTER_SECONDS)
                : request.contract().error(refused.status(), refused.text());
    }

    /// Drops what was decoded; the request is not going to be written.
    void abandon() {
        releaseReservation();
        if (decoding) {
            if (decoderIsGood) {
                decoder.end().release();
            }
            endDecoding();
        }
    }

    /// The body is complete: writes it, or says why not.
    ///
    /// @param answer called once, on any thread
    void finish(Consumer<FullHttpResponse> answer) throws WriteRefusedException {
        if (coding != null) {
            coding.finish();
        }
        DecodeResult result = endLines();
        endDecoding();
        endpoint.counters().lineBytes.add(inflatedBytes);
        endpoint.counters().refused(result.refused());
        LineErrors errors = LineErrors.of(request.database(), result);
        if (result.acceptedLines() == 0 && errors.isEmpty()) {
            drop(result);
            answer.accept(request.contract().noLines());
            return;
        }
        boolean part = request.contract().writesPartOf(errors, request.acceptPartial());
        if (!errors.isEmpty() && (!part || result.acceptedLines() == 0)) {
            drop(result);
            answer.accept(refusedLines(errors, result, part));
        } else {
            write(result, errors, answer);
        }
    }

    /// The last line may lack its end, so it is decoded only now.
    private DecodeResult endLines() throws WriteRefusedException {
        try {
            return decoder.end();
        } catch (ResourceLimitException tooMuch) {
            throw tooMuchMemory(tooMuch);
        }
    }

    private WriteRefusedException tooMuchMemory(ResourceLimitException tooMuch) {
        decoderIsGood = false;
        return new WriteRefusedException(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                tooMuch.getMessage() + "; send fewer lines per request");
    }

    private void write(DecodeResult result, LineErrors errors, Consumer<FullHttpResponse> answer) {
        writtenBytes = BatchSize.bytesOf(result.batches());
        arrival.complete(writtenBytes);
        handOver(result, errors, answer);
    }

    private void handOver(
            DecodeResult result, LineErrors errors, Consumer<FullHttpResponse> answer) {
        boolean handedOver = false;
        try {
            endpoint.sink()
                    .write(
                            result.points(),
                            outcome -> {
                                if (outcome instanceof WriteResult.Conflicting conflicting) {
                                    writeWithout(conflicting, result, answer);
                                    return;
                                }
                                FullHttpResponse response = answerTo(outcome, result, errors);
                                drop(result);
                                answer.accept(response);
                            });
            handedOver = true;
        } finally {
            if (!handedOver) {
                drop(result);
            }
        }
    }

    /// Another request defined something otherwise while this one was read: its lines are refused
    /// as if they had come later, and nothing was written yet.
    private void writeWithout(
            WriteResult.Conflicting conflicting,
            DecodeResult before,
            Consumer<FullHttpResponse> answer) {
        DecodeResult result = before.without(conflicting.conflicts());
        endpoint.counters().dropped(result.errorCount() - before.errorCount());
        LineErrors errors = LineErrors.of(request.database(), result);
        boolean part = request.contract().writesPartOf(errors, request.acceptPartial());
        if (!errors.isEmpty() && (!part || result.acceptedLines() == 0)) {
            drop(result);
            answer.accept(refusedLines(errors, result, part));
        } else {
            handOver(result, errors, answer);
        }
    }

    private FullHttpResponse answerTo(WriteResult outcome, DecodeResult result, LineErrors errors) {
        return switch (outcome) {
            case WriteResult.Acknowledged() -> {
                endpoint.counters().linesWritten.add(result.acceptedLines());
                yield errors.isEmpty()
                        ? HttpAnswers.empty(HttpResponseStatus.NO_CONTENT)
                        : refusedLines(errors, result, true);
            }
            case WriteResult.Overloaded(String reason, int retryAfterSeconds) -> {
                endpoint.counters().writesOverloaded.increment();
                yield overloaded(reason, retryAfterSeconds);
            }
            case WriteResult.DiskFull(String reason, int retryAfterSeconds) -> {
                endpoint.counters().writesOverloaded.increment();
                yield refused(HttpResponseStatus.INSUFFICIENT_STORAGE, reason, retryAfterSeconds);
            }
            case WriteResult.Conflicting _ ->
                    throw new IllegalStateException("BUG: conflicts are no answer");
            case WriteResult.TooLarge(String reason) ->
                    request.contract().error(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, reason);
            case WriteResult.Failed(String reason) -> {
                endpoint.counters().writesFailed.increment();
                yield request.contract()
                        .error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "write failed: " + reason);
            }
        };
    }

    private FullHttpResponse refusedLines(LineErrors errors, DecodeResult result, boolean written) {
        return request.contract().linesRefused(errors, result, written);
    }

    private FullHttpResponse overloaded(String reason, int retryAfterSeconds) {
        return refused(HttpResponseStatus.SERVICE_UNAVAILABLE, reason, retryAfterSeconds);
    }

    private FullHttpResponse refused(
            HttpResponseStatus status, String reason, int retryAfterSeconds) {
        FullHttpResponse response = request.contract().error(status, reason);
        response.headers()
                .set(HttpHeaderNames.RETRY_AFTER, Integer.toString(Math.max(1, retryAfterSeconds)));
        return response;
    }

    private void drop(DecodeResult result) {
        result.release();
        releaseReservation();
    }

    private void releaseReservation() {
        arrival.end();
        endpoint.waiting().release(writtenBytes);
        writtenBytes = 0;
    }

    private void endDecoding() {
        decoding = false;
        if (coding != null) {
            coding.close();
        }
        if (!decoderIsGood) {
            decoder.close();
        } else if (loop.inEventLoop()) {
            resources.giveDecoder(decoder);
        } else {
            giveDecoderOnLoop();
        }
    }

    private void giveDecoderOnLoop() {
        try {
            loop.execute(() -> resources.giveDecoder(decoder));
        } catch (RejectedExecutionException ended) {
            decoder.close();
        }
    }
}
