package io.tsdb.ingest.transport;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.storage.model.NameRule;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What the head of a write request asks for.
///
/// @param query all parameters, for the authorizer
/// @param acceptPartial only the v3 contract looks at it
record WriteRequest(
        WriteContract contract,
        Map<String, List<String>> query,
        String database,
        Precision precision,
        boolean acceptPartial,
        Coding coding) {
    /// Content codings that a body may have.
    enum Coding {
        IDENTITY,
        GZIP,
        DEFLATE
    }

    static WriteRequest parse(WriteContract contract, HttpRequest request, WriteConfig config)
            throws WriteRefusedException {
        Map<String, List<String>> query = new QueryStringDecoder(request.uri()).parameters();
        HttpHeaders headers = request.headers();
        Precision precision = precision(contract, query);
        String database = database(contract, query, config);
        Coding coding = coding(headers);
        long declared = HttpUtil.getContentLength(request, 0L);
        if (declared > config.rawBytesMax()) {
            throw tooLarge("body", declared, config.rawBytesMax());
        }
        boolean acceptPartial =
                !WriteContract.parameter(query, "accept_partial")
                        .map(text -> text.equalsIgnoreCase("false"))
                        .orElse(false);
        return new WriteRequest(contract, query, database, precision, acceptPartial, coding);
    }

    static WriteRefusedException tooLarge(String what, long bytes, long limit) {
        return new WriteRefusedException(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                what + " is limited to " + limit + " bytes, has at least " + bytes);
    }

    private static Precision precision(WriteContract contract, Map<String, List<String>> query)
            throws WriteRefusedException {
        Optional<String> text = WriteContract.parameter(query, "precision");
        if (text.isEmpty()) {
            return contract.defaultPrecision();
        }
        Optional<Precision> precision = Precision.parse(text.get());
        if (precision.isEmpty()) {
            throw new WriteRefusedException(
                    HttpResponseStatus.BAD_REQUEST, contract.invalidPrecision(text.get()));
        }
        return precision.get();
    }

    private static String database(
            WriteContract contract, Map<String, List<String>> query, WriteConfig config)
            throws WriteRefusedException {
        Optional<String> named = contract.database(query, config);
        if (named.isEmpty()) {
            throw new WriteRefusedException(
                    HttpResponseStatus.BAD_REQUEST, contract.missingDatabase());
        }
        Optional<String> violation = NameRule.DATABASE.violation(named.get());
        if (violation.isPresent()) {
            throw new WriteRefusedException(HttpResponseStatus.BAD_REQUEST, violation.get());
        }
        return named.get();
    }

    private static Coding coding(HttpHeaders headers) throws WriteRefusedException {
        String text = headers.get(HttpHeaderNames.CONTENT_ENCODING);
        if (text == null) {
            return Coding.IDENTITY;
        }
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> Coding.IDENTITY;
            case "gzip", "x-gzip" -> Coding.GZIP;
            case "deflate" -> Coding.DEFLATE;
            default ->
                    throw new WriteRefusedException(
                            HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
                            "unsupported content encoding \""
                                    + text
                                    + "\" (use gzip, deflate or identity)");
        };
    }
}
