package io.tsdb.storage.net;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Finds the token in what a client of the Influx family sends.
///
/// `Authorization: Token t`, `Authorization: Bearer t`, `Authorization: Basic base64(user:t)` (the
/// user name means nothing), and the query parameters `u` and `p` of v1, where `p` is the token. A
/// header goes before a parameter.
public final class HttpCredentials {
    private static final int HEADER_CHARS_MAX = 4096;
    private static final String PASSWORD_PARAMETER = "p";

    private HttpCredentials() {}

    /// @param query parameters of the request's URL, decoded
    /// @return empty when there is none, or more than one
    public static Optional<String> tokenIn(HttpHeaders headers, Map<String, List<String>> query) {
        List<String> passwords = query.getOrDefault(PASSWORD_PARAMETER, List.of());
        return passwords.size() > 1
                ? Optional.empty()
                : tokenIn(
                        headers.getAll(HttpHeaderNames.AUTHORIZATION),
                        passwords.stream().findFirst());
    }

    /// @param authorization every `Authorization` header of the request
    /// @param passwordParameter the query parameter `p`, decoded
    /// @return empty when there is none, or it has none of these forms, or there are two headers
    static Optional<String> tokenIn(
            List<String> authorization, Optional<String> passwordParameter) {
        if (authorization.isEmpty()) {
            return passwordParameter.filter(p -> !p.isEmpty());
        }
        if (authorization.size() > 1 || authorization.getFirst().length() > HEADER_CHARS_MAX) {
            return Optional.empty();
        }
        String header = authorization.getFirst().strip();
        int blank = header.indexOf(' ');
        if (blank < 0) {
            return Optional.empty();
        }
        String rest = header.substring(blank + 1).strip();
        Optional<String> token =
                switch (header.substring(0, blank).toLowerCase(Locale.ROOT)) {
                    case "token", "bearer" -> Optional.of(rest);
                    case "basic" -> passwordOf(rest);
                    default -> Optional.empty();
                };
        return token.filter(t -> !t.isEmpty());
    }

    private static Optional<String> passwordOf(String base64) {
        try {
            String pair = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0 ? Optional.empty() : Optional.of(pair.substring(colon + 1));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
