package io.tsdb.cluster.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

class ScopeTest {
    @ParameterizedTest
    @CsvSource({
        "read:a,   READ,  a, true",
        "read:a,   READ,  b, false",
        "read:a,   WRITE, a, false",
        "read:a,   READ,  *, false", // all databases is more than one
        "write:a,  WRITE, a, true",
        "write:a,  READ,  a, false",
        "admin:a,  READ,  a, true",
        "admin:a,  WRITE, a, true",
        "admin:a,  ADMIN, a, true",
        "admin:a,  ADMIN, b, false",
        "admin:a,  ADMIN, *, false",
        "read,     READ,  a, true",
        "read,     READ,  *, true",
        "read:*,   WRITE, a, false",
        "admin,    ADMIN, *, true",
        "read:A,   READ,  a, false",
    })
    void grantsWhatItSays(String scope, Permission asked, String database, boolean granted) {
        var principal = new Principal("test", List.of(Scope.parse(scope)));
        assertThat(principal.may(asked, database)).isEqualTo(granted);
    }

    @Test
    void oneOfSeveralScopesIsEnough() {
        var principal =
                new Principal("test", List.of(Scope.parse("read:a"), Scope.parse("write:b")));
        assertThat(principal.may(Permission.WRITE, "b")).isTrue();
        assertThat(principal.may(Permission.WRITE, "a")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "root", "READ:a", "read:", "read:a b", "read:a,b", "read:a\n"})
    void refusesWhatIsNoScope(String text) {
        assertThatThrownBy(() -> Scope.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"read:a", "write:*", "admin:Ä:b"})
    void printsAsItReads(String text) {
        assertThat(Scope.parse(text)).hasToString(text);
    }
}
