package io.tsdb.ingest.transport;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.storage.model.ResourceLimitException;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.HttpCredentials;

/// Whether a write request may go to its database at all: rights first, then existence, so that a
/// stranger learns nothing about which databases there are.
final class WriteAdmission {
    /// What everybody is told who is not known.
    static final String UNAUTHORIZED = "unauthorized access";

    private WriteAdmission() {}

    private static boolean openDatabase(WriteEndpoint endpoint, String database)
            throws WriteRefusedException {
        try {
            return endpoint.sink().openDatabase(database);
        } catch (ResourceLimitException full) {
            throw new WriteRefusedException(
                    HttpResponseStatus.UNPROCESSABLE_ENTITY, String.valueOf(full.getMessage()));
        }
    }

    static void check(WriteEndpoint endpoint, WriteRequest request, HttpHeaders headers)
            throws WriteRefusedException {
        var token = HttpCredentials.tokenIn(headers, request.query());
        switch (endpoint.access().decide(token, Access.Right.WRITE, request.database())) {
            case UNAUTHENTICATED ->
                    throw new WriteRefusedException(HttpResponseStatus.UNAUTHORIZED, UNAUTHORIZED);
            case FORBIDDEN ->
                    throw new WriteRefusedException(
                            HttpResponseStatus.FORBIDDEN, "not allowed to write to this database");
            case ALLOWED -> {
                if (!openDatabase(endpoint, request.database())) {
                    throw new WriteRefusedException(
                            HttpResponseStatus.NOT_FOUND,
                            request.contract().unknownDatabase(request.database()));
                }
            }
        }
    }
}
