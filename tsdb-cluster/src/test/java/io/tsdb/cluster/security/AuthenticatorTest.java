package io.tsdb.cluster.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

class AuthenticatorTest {
    private static final List<Scope> READ = List.of(Scope.parse("read:a"));
    @TempDir Path directory;
    private final AtomicLong nanoTime = new AtomicLong();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private TokenFile file;
    private TokenAdmin admin;

    @BeforeEach
    void open() {
        file = new TokenFile(directory);
        admin = new TokenAdmin(file, clock());
    }

    private Clock clock() {
        InstantSource source = () -> now;
        return source.withZone(ZoneOffset.UTC);
    }

    private Authenticator start(Authenticator.Mode mode) {
        return new Authenticator(file, mode, Optional.empty(), clock(), nanoTime::get);
    }

    private void aMomentLater() {
        nanoTime.addAndGet(Authenticator.LOOK_EVERY_NANOS);
    }

    @Test
    void letsEverybodyInBeforeTheFirstToken() {
        assertThat(start(Authenticator.Mode.AUTO).authenticate(Optional.empty()))
                .contains(Principal.EVERYBODY);
    }

    @Test
    void followsTheFirstTokenWhileRunning() throws IOException {
        Authenticator running = start(Authenticator.Mode.AUTO);
        TokenSecret secret = admin.create("x", READ, Optional.empty());
        aMomentLater();
        assertThat(running.isOn()).isTrue();
        assertThat(running.authenticate(Optional.empty())).isEmpty();
        Principal principal = running.authenticate(Optional.of(secret.text())).orElseThrow();
        assertThat(principal.may(Permission.READ, "a")).isTrue();
        assertThat(principal.may(Permission.READ, "b")).isFalse();
    }

    /// As while a file of the secret is written anew.
    @Test
    void anAdminTokenThatIsTakenAwayOpensNothing() {
        var first = Optional.of("the first secret of all");
        var second = Optional.of("another secret than before");
        var running =
                new Authenticator(file, Authenticator.Mode.AUTO, first, clock(), nanoTime::get);
        running.adminToken(Optional.empty());
        assertThat(running.isOn()).isTrue();
        assertThat(running.authenticate(Optional.empty())).isEmpty();
        assertThat(running.authenticate(first)).isEmpty();
        running.adminToken(second);
        assertThat(running.authenticate(first)).isEmpty();
        assertThat(running.authenticate(second)).isPresent();
    }

    @Test
    void followsARevocationWhileRunning() throws IOException {
        TokenSecret secret = admin.create("x", READ, Optional.empty());
        Authenticator running = start(Authenticator.Mode.AUTO);
        assertThat(running.authenticate(Optional.of(secret.text()))).isPresent();
        admin.revoke(secret.id());
        aMomentLater();
        assertThat(running.authenticate(Optional.of(secret.text()))).isEmpty();
        assertThat(running.isOn()).as("revoking the last token opens nothing").isTrue();
    }

    @Test
    void refusesAnExpiredToken() throws IOException {
        TokenSecret secret = admin.create("x", READ, Optional.of(Duration.ofHours(1)));
        Authenticator running = start(Authenticator.Mode.AUTO);
        now = now.plus(Duration.ofMinutes(59));
        assertThat(running.authenticate(Optional.of(secret.text()))).isPresent();
        now = now.plus(Duration.ofMinutes(1));
        assertThat(running.authenticate(Optional.of(secret.text()))).isEmpty();
    }

    @Test
    void refusesEmptyAndAlmostRightTokens() throws IOException {
        String right = admin.create("x", READ, Optional.empty()).text();
        Authenticator running = start(Authenticator.Mode.AUTO);
        for (String wrong :
                List.of("", " ", right + " ", right.substring(1), right.toUpperCase(), "null")) {
            assertThat(running.authenticate(Optional.of(wrong))).as(wrong).isEmpty();
        }
    }

    @Test
    void theStoredHashIsNoToken() throws IOException {
        admin.create("x", READ, Optional.empty());
        Authenticator running = start(Authenticator.Mode.AUTO);
        String hash = Files.readString(file.path()).split("\t")[1];
        assertThat(running.authenticate(Optional.of(hash))).isEmpty();
    }

    @Test
    void onWithoutTokensLetsNobodyIn() {
        assertThat(start(Authenticator.Mode.ON).authenticate(Optional.empty())).isEmpty();
        assertThat(start(Authenticator.Mode.ON).authenticate(Optional.of("x"))).isEmpty();
    }

    @Test
    void aDamagedFileLetsNobodyIn() throws IOException {
        TokenSecret secret = admin.create("x", READ, Optional.empty());
        Authenticator running = start(Authenticator.Mode.AUTO);
        Files.writeString(file.path(), "tsdb-tokens 1\n");
        aMomentLater();
        assertThat(running.authenticate(Optional.of(secret.text()))).isEmpty();
        assertThat(running.authenticate(Optional.empty())).isEmpty();
    }

    @Test
    void theConfiguredAdminTokenMayEverything() {
        var running =
                new Authenticator(
                        file,
                        Authenticator.Mode.AUTO,
                        Optional.of("a-configured-secret"),
                        clock(),
                        nanoTime::get);
        assertThat(running.isOn()).isTrue();
        assertThat(running.authenticate(Optional.of("other"))).isEmpty();
        assertThat(
                        running.authenticate(Optional.of("a-configured-secret"))
                                .orElseThrow()
                                .may(Permission.ADMIN, Scope.ALL_DATABASES))
                .isTrue();
    }
}
