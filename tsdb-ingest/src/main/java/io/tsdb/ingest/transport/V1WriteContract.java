package io.tsdb.ingest.transport;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.storage.net.HttpAnswers;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `POST /write` of InfluxDB 1.x: good lines are written, whatever the others are; 204 is the only
/// success that its clients know.
final class V1WriteContract implements WriteContract {
    static final String PATH = "/write";
    private static final int ERROR_HEADER_SIZE_MAX = 1024;

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public Optional<String> database(Map<String, List<String>> query, WriteConfig config) {
        return WriteContract.parameter(query, "db").or(config::defaultDatabase);
    }

    @Override
    public Precision defaultPrecision() {
        return Precision.NS;
    }

    @Override
    public String invalidPrecision(String text) {
        return "invalid precision \"" + text + "\" (use n, u, ms, s, m or h)";
    }

    @Override
    public String missingDatabase() {
        return "database is required";
    }

    @Override
    public String unknownDatabase(String database) {
        return "database not found: \"" + database + "\"";
    }

    @Override
    public FullHttpResponse error(HttpResponseStatus status, String text) {
        FullHttpResponse response = HttpAnswers.error(status, text);
        response.headers().set("X-Influxdb-Error", headerText(text));
        if (status.equals(HttpResponseStatus.UNAUTHORIZED)) {
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"InfluxDB\"");
        }
        return response;
    }

    @Override
    public FullHttpResponse noLines() {
        return HttpAnswers.empty(HttpResponseStatus.OK);
    }

    @Override
    public boolean writesPartOf(LineErrors errors, boolean acceptPartial) {
        return true;
    }

    @Override
    public FullHttpResponse linesRefused(LineErrors errors, DecodeResult result, boolean written) {
        boolean nothingParsed =
                result.acceptedLines() == 0
                        && errors.droppedCount() == 0
                        && errors.strippedTimeFields() == 0;
        return error(
                HttpResponseStatus.BAD_REQUEST,
                nothingParsed ? errors.unparsedText() : errors.partialWriteText());
    }

    /// The text as a header can carry it: one line, ASCII, short.
    private static String headerText(String text) {
        int size = Math.min(text.length(), ERROR_HEADER_SIZE_MAX);
        var header = new StringBuilder(size);
        for (int i = 0; i < size; i++) {
            char c = text.charAt(i);
            header.append(c == '\n' ? ' ' : c < 0x20 || c > 0x7e ? '?' : c);
        }
        return header.toString();
    }
}
