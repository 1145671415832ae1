package io.tsdb.ingest.transport;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.LineError;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.storage.model.JsonText;
import io.tsdb.storage.net.HttpAnswers;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `POST /api/v3/write_lp` of InfluxDB 3: good lines are written unless `accept_partial=false`;
/// each refused line is named with its number.
final class V3WriteContract implements WriteContract {
    static final String PATH = "/api/v3/write_lp";

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public Optional<String> database(Map<String, List<String>> query, WriteConfig config) {
        return WriteContract.parameter(query, "db");
    }

    @Override
    public Precision defaultPrecision() {
        return Precision.AUTO;
    }

    @Override
    public String invalidPrecision(String text) {
        return "invalid precision \""
                + text
                + "\" (use auto, nanosecond, microsecond, millisecond or second)";
    }

    @Override
    public String missingDatabase() {
        return "missing query parameter 'db'";
    }

    @Override
    public String unknownDatabase(String database) {
        return "database not found: \"" + database + "\"";
    }

    @Override
    public FullHttpResponse error(HttpResponseStatus status, String text) {
        FullHttpResponse response = HttpAnswers.error(status, text);
        if (status.equals(HttpResponseStatus.UNAUTHORIZED)) {
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        return response;
    }

    @Override
    public FullHttpResponse noLines() {
        return HttpAnswers.empty(HttpResponseStatus.NO_CONTENT);
    }

    @Override
    public boolean writesPartOf(LineErrors errors, boolean acceptPartial) {
        return acceptPartial;
    }

    @Override
    public FullHttpResponse linesRefused(LineErrors errors, DecodeResult result, boolean written) {
        var body = new StringBuilder();
        if (written) {
            body.append("{\"error\":\"partial write of line protocol occurred\",\"data\":[");
            appendAll(body, errors);
            body.append("]}");
        } else {
            body.append("{\"error\":\"parsing failed for write_lp endpoint\",\"data\":");
            List<LineError> refused = errors.inOrder();
            if (refused.isEmpty()) {
                appendOne(body, "", 0, errors.strippedText());
            } else {
                LineError first = refused.getFirst();
                appendOne(body, first.originalLine(), first.lineNumber(), message(first));
            }
            body.append('}');
        }
        return HttpAnswers.json(HttpResponseStatus.BAD_REQUEST, body.toString());
    }

    private static void appendAll(StringBuilder body, LineErrors errors) {
        int start = body.length();
        for (LineError error : errors.inOrder()) {
            separate(body, start);
            appendOne(body, error.originalLine(), error.lineNumber(), message(error));
        }
        if (errors.unlisted() > 0) {
            separate(body, start);
            appendOne(body, "", 0, "and " + errors.unlisted() + " more lines");
        }
        if (errors.strippedTimeFields() > 0) {
            separate(body, start);
            appendOne(body, "", 0, errors.strippedText());
        }
    }

    private static void separate(StringBuilder body, int start) {
        if (body.length() > start) {
            body.append(',');
        }
    }

    private static void appendOne(StringBuilder body, String line, long number, String message) {
        body.append("{\"original_line\":");
        JsonText.appendQuoted(body, line);
        body.append(",\"line_number\":").append(number).append(",\"error_message\":");
        JsonText.appendQuoted(body, message);
        body.append('}');
    }

    private static String message(LineError error) {
        return error.conflict() == null
                ? error.message() + " (column " + error.column() + ")"
                : LineErrors.conflictText(error.conflict());
    }
}
