package io.tsdb.ingest.transport;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.storage.model.JsonText;
import io.tsdb.storage.net.HttpAnswers;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `POST /api/v2/write` of InfluxDB 2.x: nothing is written when a line is no point; when only the
/// schema refuses points, the others are.
///
/// A bucket is a database; of `database/retention-policy`, as 1.8 clients send, the database
/// counts.
final class V2WriteContract implements WriteContract {
    static final String PATH = "/api/v2/write";

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public Optional<String> database(Map<String, List<String>> query, WriteConfig config) {
        Optional<String> bucket = WriteContract.parameter(query, "bucket");
        if (bucket.isEmpty()) {
            return WriteContract.parameter(query, "db");
        }
        int slash = bucket.get().indexOf('/');
        return slash <= 0 ? bucket : Optional.of(bucket.get().substring(0, slash));
    }

    @Override
    public Precision defaultPrecision() {
        return Precision.NS;
    }

    @Override
    public String invalidPrecision(String text) {
        return "invalid precision; valid precision units are ns, us, ms, and s";
    }

    @Override
    public String missingDatabase() {
        return "bucket is required";
    }

    @Override
    public String unknownDatabase(String database) {
        return "bucket \"" + database + "\" not found";
    }

    @Override
    public FullHttpResponse error(HttpResponseStatus status, String text) {
        String code = code(status);
        FullHttpResponse response =
                HttpAnswers.json(
                        status,
                        "{\"code\":"
                                + JsonText.quoted(code)
                                + ",\"message\":"
                                + JsonText.quoted(text)
                                + "}");
        response.headers().set("X-Platform-Error-Code", code);
        if (status.equals(HttpResponseStatus.UNAUTHORIZED)) {
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Token");
        }
        return response;
    }

    @Override
    public FullHttpResponse noLines() {
        return error(HttpResponseStatus.BAD_REQUEST, "writing requires points");
    }

    @Override
    public boolean writesPartOf(LineErrors errors, boolean acceptPartial) {
        return errors.unparsedCount() == 0;
    }

    @Override
    public FullHttpResponse linesRefused(LineErrors errors, DecodeResult result, boolean written) {
        return written
                ? error(
                        HttpResponseStatus.UNPROCESSABLE_ENTITY,
                        "failure writing points to database: " + errors.partialWriteText())
                : error(HttpResponseStatus.BAD_REQUEST, errors.allText());
    }

    private static String code(HttpResponseStatus status) {
        return switch (status.code()) {
            case 400 -> "invalid";
            case 401 -> "unauthorized";
            case 403 -> "forbidden";
            case 404 -> "not found";
            case 405 -> "method not allowed";
            case 413 -> "request too large";
            case 415 -> "unsupported media type";
            case 422 -> "unprocessable entity";
            case 503 -> "unavailable";
            default -> "internal error";
        };
    }
}
