package io.tsdb.storage.net;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/// The request that a [RequestGate] let through, and how far it and its answer are. The next
/// request begins it anew. Event loop only.
final class Exchange {
    /// Rest of a refused body that is read and thrown away to keep the connection.
    private static final long DISCARD_BYTES_MAX = 1L << 20;

    /// How much of the request has come.
    private enum Body {
        ARRIVING,
        WHOLE
    }

    /// How far the answer is.
    enum Answer {
        /// Nothing is owed: the answer is sent, or nothing was asked yet.
        SENT,
        /// Nothing of it is there yet.
        OWED,
        /// Its head is written.
        BEGUN,
        /// Its end is written, and is on its way to the socket.
        WRITTEN
    }

    /// What becomes of the connection behind the answer; the later one goes before the earlier.
    enum Afterwards {
        /// The next request is let in.
        GO_ON,
        /// It ends, when the client has had time to read the answer.
        CLOSE,
        /// It ends: the client was too slow already.
        CUT_OFF
    }

    private Body body = Body.WHOLE;
    private Answer answer = Answer.SENT;
    private Afterwards afterwards = Afterwards.GO_ON;
    private boolean clientKeepsAlive;
    private boolean isHeadMethod;
    private boolean isHttp10;
    private boolean continueOwed;
    private long bodyBytesDeclared;
    private long bodyBytes;
    private long bodyBytesDiscarded;
    private String requestId = "";

    /// A request is let through; an answer is owed from now on.
    void begin(HttpRequest request, String id) {
        body = Body.ARRIVING;
        answer = Answer.OWED;
        afterwards = Afterwards.GO_ON;
        clientKeepsAlive = HttpUtil.isKeepAlive(request);
        isHeadMethod = request.method().equals(HttpMethod.HEAD);
        isHttp10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        continueOwed = HttpUtil.is100ContinueExpected(request);
        bodyBytesDeclared =
                request.decoderResult().isFailure() ? -1L : HttpUtil.getContentLength(request, -1L);
        bodyBytes = 0;
        bodyBytesDiscarded = 0;
        requestId = id;
    }

    /// An answer is owed although no request has come whole.
    void beginWithoutRequest() {
        answer = Answer.OWED;
    }

    /// @param last whether the request is whole now
    void arrived(int bytes, boolean last) {
        bodyBytes += bytes;
        if (last) {
            body = Body.WHOLE;
        }
    }

    boolean isArriving() {
        return body == Body.ARRIVING;
    }

    Answer answer() {
        return answer;
    }

    boolean isAnswerOwed() {
        return answer != Answer.SENT;
    }

    boolean isAnswerWritten() {
        return answer == Answer.WRITTEN || answer == Answer.SENT;
    }

    /// Nothing is under way: the next request may begin.
    boolean isOver() {
        return !isArriving() && !isAnswerOwed();
    }

    /// Whether an answer can still come when the client sends no more.
    boolean canEndWithoutMore() {
        return isAnswerOwed() && (!isArriving() || answer != Answer.OWED);
    }

    /// Whether the client waits to be told that it may send the body.
    boolean takeContinue() {
        boolean owed = continueOwed && answer == Answer.OWED;
        if (owed) {
            continueOwed = false;
        }
        return owed;
    }

    Afterwards afterwards() {
        return afterwards;
    }

    void closeAfterwards() {
        if (afterwards == Afterwards.GO_ON) {
            afterwards = Afterwards.CLOSE;
        }
    }

    void cutOffAfterwards() {
        afterwards = Afterwards.CUT_OFF;
    }

    String requestId() {
        return requestId;
    }

    boolean isHttp10() {
        return isHttp10;
    }

    /// The answer's head is about to be written: gives an answer of unknown length an end that the
    /// client can see, and decides what becomes of the connection.
    ///
    /// @param goesOn whether the connection may be kept for its own part
    void beginAnswer(HttpResponse response, boolean goesOn) {
        answer = Answer.BEGUN;
        if (!hasEnd(response)) {
            HttpUtil.setTransferEncodingChunked(response, !isHttp10);
            if (isHttp10) {
                closeAfterwards();
            }
        }
        if (!goesOn
                || !clientKeepsAlive
                || continueOwed
                || restIsLong()
                || !HttpUtil.isKeepAlive(response)) {
            closeAfterwards();
        }
    }

    private boolean hasEnd(HttpResponse response) {
        int code = response.status().code();
        return isHeadMethod
                || code == HttpResponseStatus.NO_CONTENT.code()
                || code == HttpResponseStatus.NOT_MODIFIED.code()
                || HttpUtil.isContentLengthSet(response);
    }

    /// A part of the body came behind the answer's end.
    ///
    /// @return whether more was thrown away than a connection is worth
    boolean discard(int bytes) {
        bodyBytesDiscarded += bytes;
        return bodyBytesDiscarded > DISCARD_BYTES_MAX;
    }

    private boolean restIsLong() {
        return isArriving()
                && bodyBytesDeclared >= 0
                && bodyBytesDeclared - bodyBytes > DISCARD_BYTES_MAX;
    }

    void answerWritten() {
        answer = Answer.WRITTEN;
    }

    void answerSent() {
        answer = Answer.SENT;
    }
}
