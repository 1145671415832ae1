package io.tsdb.ingest.transport;

import io.netty.handler.codec.http.HttpResponseStatus;

/// A write request cannot be taken: the status of the answer, and why.
final class WriteRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient HttpResponseStatus status;
    private final String text;

    WriteRefusedException(HttpResponseStatus status, String message) {
        super(message, null, false, false);
        this.status = status;
        this.text = message;
    }

    HttpResponseStatus status() {
        return status;
    }

    /// For the client.
    String text() {
        return text;
    }
}
