package io.tsdb.storage.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

class HttpCredentialsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Token secret",
                "token secret",
                "Bearer secret",
                "BEARER  secret ",
                "Basic dXNlcjpzZWNyZXQ=", // user:secret
                "basic OnNlY3JldA==", // :secret
            })
    void findsTheToken(String header) {
        assertThat(HttpCredentials.tokenIn(List.of(header), Optional.empty())).contains("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "Token",
                "Token ",
                "Token    ",
                "Bearer",
                "Basic",
                "Basic !!!",
                "Basic dXNlcg==", // no colon
                "Basic dXNlcjo=", // empty password
                "Digest username=\"a\"",
                "Negotiate abc",
            })
    void findsNoneInOtherForms(String header) {
        assertThat(HttpCredentials.tokenIn(List.of(header), Optional.empty())).isEmpty();
    }

    @Test
    void keepsColonsOfAPassword() {
        String pair = Base64.getEncoder().encodeToString("u:a:b".getBytes(StandardCharsets.UTF_8));
        assertThat(HttpCredentials.tokenIn(List.of("Basic " + pair), Optional.empty()))
                .contains("a:b");
    }

    @Test
    void takesTheParameterOnlyWithoutAHeader() {
        assertThat(HttpCredentials.tokenIn(List.of(), Optional.of("secret"))).contains("secret");
        assertThat(HttpCredentials.tokenIn(List.of("Token other"), Optional.of("secret")))
                .contains("other");
        assertThat(HttpCredentials.tokenIn(List.of("nonsense"), Optional.of("secret"))).isEmpty();
    }

    @Test
    void anEmptyParameterIsNone() {
        assertThat(HttpCredentials.tokenIn(List.of(), Optional.of(""))).isEmpty();
    }

    @Test
    void twoHeadersAreRefusedWhicheverIsRight() {
        assertThat(HttpCredentials.tokenIn(List.of("Token a", "Token b"), Optional.empty()))
                .isEmpty();
    }

    @Test
    void aHeaderOfAnyLengthIsNotHashed() {
        String header = "Token " + "x".repeat(10_000);
        assertThat(HttpCredentials.tokenIn(List.of(header), Optional.empty())).isEmpty();
    }
}
