package io.tsdb.cluster.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tsdb.storage.model.CorruptDataException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class TokenFileTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    @TempDir Path directory;
    private TokenFile file;
    private TokenAdmin admin;

    @BeforeEach
    void open() {
        file = new TokenFile(directory);
        admin = new TokenAdmin(file, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @Test
    void isEmptyWhereThereIsNone() throws IOException {
        assertThat(file.exists()).isFalse();
        assertThat(file.read()).isEmpty();
    }

    /// A directory in its place: the machine says so of any file, and no name.
    @Test
    void saysWhichFileFailedAndDoingWhat() throws IOException {
        Files.createDirectories(file.path().resolve("inside"));
        assertThatThrownBy(file::read)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot read " + file.path() + ": ");
        assertThatThrownBy(() -> file.update(tokens -> tokens))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot read " + file.path() + ": ");
    }

    @Test
    void readsBackWhatWasCreated() throws IOException {
        List<Scope> scopes = List.of(Scope.parse("read:a"), Scope.parse("write:*"));
        TokenSecret secret = admin.create("Grafana, ground floor", scopes, Optional.empty());
        admin.create("", List.of(Scope.parse("admin")), Optional.of(Duration.ofDays(1)));

        List<Token> tokens = file.read();
        assertThat(tokens).hasSize(2);
        assertThat(tokens.get(0).id()).isEqualTo(secret.id());
        assertThat(tokens.get(0).name()).isEqualTo("Grafana, ground floor");
        assertThat(tokens.get(0).scopes()).isEqualTo(scopes);
        assertThat(tokens.get(0).created()).isEqualTo(NOW);
        assertThat(tokens.get(0).expires()).isEmpty();
        assertThat(tokens.get(0).hasHash(TokenSecret.hash(secret.text()))).isTrue();
        assertThat(tokens.get(1).expires()).contains(NOW.plus(Duration.ofDays(1)));
    }

    @Test
    void storesNoSecret() throws IOException {
        TokenSecret secret = admin.create("x", List.of(Scope.parse("admin")), Optional.empty());
        // what is behind the id may have a '_' of its own
        String random = secret.text().substring(("tsdb_" + secret.id() + "_").length());
        assertThat(random).hasSize(43);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path path : files.toList()) {
                assertThat(Files.readString(path)).doesNotContain(random);
            }
        }
        assertThat(secret.toString()).doesNotContain(random);
    }

    @Test
    void isForItsOwnerOnly() throws IOException {
        admin.create("x", List.of(Scope.parse("admin")), Optional.empty());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
    }

    /// Otherwise the node could read no token any more, and would let nobody in.
    @Test
    void rootGivesItToTheOwnerOfTheDirectory() throws IOException {
        assumeThat(System.getProperty("user.name"))
                .as("only root makes files that others cannot read")
                .isEqualTo("root");
        Files.setAttribute(directory, "unix:uid", 65_534);
        admin.create("x", List.of(Scope.parse("admin")), Optional.empty());
        for (String name : List.of("tokens", "tokens.lock")) {
            assertThat(Files.getAttribute(directory.resolve(name), "unix:uid"))
                    .as(name)
                    .isEqualTo(65_534);
        }
    }

    @Test
    void secretsHave256BitsAndDiffer() throws IOException {
        TokenSecret first = admin.create("x", List.of(Scope.parse("read")), Optional.empty());
        TokenSecret second = admin.create("x", List.of(Scope.parse("read")), Optional.empty());
        assertThat(first.text()).matches("tsdb_[0-9a-f]{8}_[A-Za-z0-9_-]{43}");
        assertThat(first.text()).isNotEqualTo(second.text());
    }

    @Test
    void revokesOne() throws IOException {
        TokenSecret first = admin.create("1", List.of(Scope.parse("read")), Optional.empty());
        TokenSecret second = admin.create("2", List.of(Scope.parse("read")), Optional.empty());
        assertThat(admin.revoke(first.id())).isTrue();
        assertThat(admin.revoke(first.id())).isFalse();
        assertThat(admin.list()).extracting(Token::id).containsExactly(second.id());
    }

    /// A node would be open to everybody: its absence is known to the lock.
    @Test
    void isMissedOnceThereWereTokens() throws IOException {
        file.requireNotLost();
        admin.create("1", List.of(Scope.parse("read")), Optional.empty());
        file.requireNotLost();
        Files.delete(file.path());
        assertThatThrownBy(file::requireNotLost)
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("tokens: the file is missing")
                .hasMessageContaining("tokens.lock");
        var lets =
                new Authenticator(
                        file,
                        Authenticator.Mode.AUTO,
                        Optional.empty(),
                        Clock.fixed(NOW, ZoneOffset.UTC),
                        () -> 0);
        assertThat(lets.isOn()).isTrue();
        assertThat(lets.authenticate(Optional.empty())).isEmpty();
        Files.delete(file.path().resolveSibling("tokens.lock"));
        lets.look();
        assertThat(lets.isOn()).isFalse();
    }

    @Test
    void staysWhenTheLastTokenGoes() throws IOException {
        TokenSecret only = admin.create("1", List.of(Scope.parse("read")), Optional.empty());
        admin.revoke(only.id());
        assertThat(file.exists()).isTrue();
        assertThat(file.read()).isEmpty();
    }

    @Test
    void refusesEveryFlippedBit() throws IOException {
        admin.create("name", List.of(Scope.parse("read:a")), Optional.empty());
        byte[] good = Files.readAllBytes(file.path());
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(file.path(), bad);
            assertThatThrownBy(() -> file.read())
                    .as("byte " + at)
                    .isInstanceOfAny(CorruptDataException.class, IOException.class);
        }
    }

    @Test
    void refusesEveryTruncation() throws IOException {
        admin.create("name", List.of(Scope.parse("read:a")), Optional.empty());
        String good = Files.readString(file.path());
        for (int length = 0; length < good.length(); length++) {
            Files.writeString(file.path(), good.substring(0, length));
            assertThatThrownBy(() -> file.read())
                    .as("length " + length)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining(file.path().toString());
        }
    }

    @Test
    void refusesANewerVersionByName() throws IOException {
        String body = "tsdb-tokens 2\n";
        var crc = new java.util.zip.CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        Files.writeString(file.path(), body + "crc32c %08x\n".formatted(crc.getValue()));
        assertThatThrownBy(() -> file.read())
                .hasMessageContaining("'tsdb-tokens 2'")
                .hasMessageContaining("'tsdb-tokens 1'");
    }

    @Test
    void isReadAsItWasWrittenByTheFirstVersion() throws IOException {
        try (var in = TokenFileTest.class.getResourceAsStream("/format/tokens/v1/tokens")) {
            Files.write(file.path(), java.util.Objects.requireNonNull(in).readAllBytes());
        }
        Token token = file.read().getFirst();
        assertThat(token.hasHash(TokenSecret.hash("tsdb_0a1b2c3d_golden"))).isTrue();
        assertThat(token.name()).isEqualTo("golden file");
        assertThat(token.scopes()).extracting(Scope::toString).containsExactly("read:a", "write:*");
    }

    @Test
    void writersOfOneProcessDoNotLoseEachOthersTokens() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4)) {
            List<Callable<TokenSecret>> tasks =
                    IntStream.range(0, 4)
                            .<Callable<TokenSecret>>mapToObj(
                                    i ->
                                            () ->
                                                    admin.create(
                                                            "t" + i,
                                                            List.of(Scope.parse("read")),
                                                            Optional.empty()))
                            .toList();
            for (var created : threads.invokeAll(tasks)) {
                assertThat(created.get().id()).hasSize(8);
            }
        }
        assertThat(file.read()).hasSize(4);
    }
}
