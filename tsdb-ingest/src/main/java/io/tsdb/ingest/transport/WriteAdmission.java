package io.tsdb.ingest.transport;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;

/// Whether a write request may go to its database at all: rights first, then existence, so that a
/// stranger learns nothing about which databases there are.
final class WriteAdmission {
    /// What everybody is told who is not known.
    static final String UNAUTHORIZED = "unauthorized access";

    private WriteAdmission() {}

    static void check(WriteEndpoint endpoint, WriteRequest request, HttpHeaders headers)
            throws WriteRefusedException {
        switch (endpoint.authorizer().authorize(headers, request.query(), request.database())) {
            case UNAUTHENTICATED ->
                    throw new WriteRefusedException(HttpResponseStatus.UNAUTHORIZED, UNAUTHORIZED);
            case FORBIDDEN ->
                    throw new WriteRefusedException(
                            HttpResponseStatus.FORBIDDEN, "not allowed to write to this database");
            case ALLOWED -> {
                if (!endpoint.sink().openDatabase(request.database())) {
                    throw new WriteRefusedException(
                            HttpResponseStatus.NOT_FOUND,
                            request.contract().unknownDatabase(request.database()));
                }
            }
        }
    }
}
