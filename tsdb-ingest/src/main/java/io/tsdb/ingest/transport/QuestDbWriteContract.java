package io.tsdb.ingest.transport;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.LineError;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.storage.model.JsonText;
import io.tsdb.storage.net.HttpAnswers;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `POST /write` as QuestDB's clients speak it (told by `User-Agent: QuestDB/...`): they name no
/// database, and read errors of a shape of their own, which must be chunked.
///
/// What is written is as in v1: all good lines.
final class QuestDbWriteContract implements WriteContract {
    private static final String AGENT = "questdb/";

    private final V1WriteContract v1;

    QuestDbWriteContract(V1WriteContract v1) {
        this.v1 = v1;
    }

    /// Whether these headers are of one of QuestDB's clients.
    static boolean isClient(HttpHeaders headers) {
        String agent = headers.get(HttpHeaderNames.USER_AGENT);
        return agent != null && agent.regionMatches(true, 0, AGENT, 0, AGENT.length());
    }

    @Override
    public String path() {
        return v1.path();
    }

    @Override
    public Optional<String> database(Map<String, List<String>> query, WriteConfig config) {
        return v1.database(query, config);
    }

    @Override
    public Precision defaultPrecision() {
        return v1.defaultPrecision();
    }

    @Override
    public String invalidPrecision(String text) {
        return v1.invalidPrecision(text);
    }

    @Override
    public String missingDatabase() {
        return v1.missingDatabase();
    }

    @Override
    public String unknownDatabase(String database) {
        return v1.unknownDatabase(database);
    }

    @Override
    public FullHttpResponse error(HttpResponseStatus status, String text) {
        return chunked(status, text, "");
    }

    @Override
    public FullHttpResponse noLines() {
        return HttpAnswers.empty(HttpResponseStatus.NO_CONTENT);
    }

    @Override
    public boolean writesPartOf(LineErrors errors, boolean acceptPartial) {
        return true;
    }

    @Override
    public FullHttpResponse linesRefused(LineErrors errors, DecodeResult result, boolean written) {
        String line =
                errors.inOrder().stream()
                        .findFirst()
                        .map(LineError::lineNumber)
                        .map(number -> ",\"line\":" + number)
                        .orElse("");
        return chunked(HttpResponseStatus.BAD_REQUEST, errors.allText(), line);
    }

    /// Without a length, [io.tsdb.storage.net.HttpServer] sends it in chunks.
    private static FullHttpResponse chunked(HttpResponseStatus status, String text, String line) {
        FullHttpResponse response =
                HttpAnswers.json(
                        status,
                        "{\"code\":\"invalid\",\"message\":" + JsonText.quoted(text) + line + "}");
        response.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
        return response;
    }
}
