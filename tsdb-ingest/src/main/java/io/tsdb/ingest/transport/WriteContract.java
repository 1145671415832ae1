package io.tsdb.ingest.transport;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.Precision;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one of the write endpoints calls its parameters and how it words its answers. Stateless.
///
/// The three differ in what they write when some lines are wrong and in the shape of errors, never
/// in what a line means; see `docs/protocol/http-write.md`.
sealed interface WriteContract
        permits V1WriteContract, V2WriteContract, V3WriteContract, QuestDbWriteContract {
    String path();

    /// The database that the request is for; empty when it names none and has no default.
    Optional<String> database(Map<String, List<String>> query, WriteConfig config);

    /// Unit of timestamps when the request names none.
    Precision defaultPrecision();

    String invalidPrecision(String text);

    /// Text for a request without a database.
    String missingDatabase();

    String unknownDatabase(String database);

    /// An error in the endpoint's shape.
    FullHttpResponse error(HttpResponseStatus status, String text);

    /// The answer to a request without any line.
    FullHttpResponse noLines();

    /// Whether the good lines of a request are written although others are not.
    boolean writesPartOf(LineErrors errors, boolean acceptPartial);

    /// The answer to a request some of whose lines were refused; the others are written by then, or
    /// not, as [#writesPartOf] said.
    FullHttpResponse linesRefused(LineErrors errors, DecodeResult result, boolean written);

    /// First value of a parameter, when it is there and not empty.
    static Optional<String> parameter(Map<String, List<String>> query, String name) {
        List<String> values = query.get(name);
        return values == null || values.isEmpty() || values.getFirst().isEmpty()
                ? Optional.empty()
                : Optional.of(values.getFirst());
    }
}
