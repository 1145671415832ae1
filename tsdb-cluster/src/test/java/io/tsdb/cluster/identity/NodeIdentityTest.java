package io.tsdb.cluster.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Only a certificate of the cluster's authority opens a connection, on either side.
@Timeout(60)
class NodeIdentityTest {
    private static final Duration YEAR = Duration.ofDays(365);
    private static final Instant NOW = Instant.now();

    @TempDir Path directory;
    private CertificateAuthority authority;

    @BeforeEach
    void createAuthority() throws IOException {
        authority = CertificateAuthority.create(directory, NOW, YEAR);
    }

    private NodeIdentity node(String name, String... hosts) throws IOException {
        authority.issue(directory, name, List.of(hosts), NOW, YEAR);
        return load(directory, directory, name);
    }

    private static NodeIdentity load(Path trusted, Path own, String name) throws IOException {
        return NodeIdentity.load(
                trusted.resolve("ca.crt"), own.resolve(name + ".crt"), own.resolve(name + ".key"));
    }

    /// Longer than the head of a TLS record, which a server waits for.
    private static final int QUESTION_BYTES = 8;

    /// Some bytes there and one back.
    ///
    /// @return what the server read, or how it failed
    private static CompletableFuture<Integer> serveOne(ServerSocket server) {
        var read = new CompletableFuture<Integer>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try (Socket socket = server.accept()) {
                                int value = socket.getInputStream().readNBytes(QUESTION_BYTES)[0];
                                socket.getOutputStream().write(value + 1);
                                read.complete(value);
                            } catch (IOException e) {
                                read.completeExceptionally(e);
                            }
                        });
        return read;
    }

    private static int ask(NodeSockets sockets, InetSocketAddress server) throws IOException {
        try (Socket socket = sockets.client()) {
            socket.setSoTimeout(30_000);
            socket.connect(server);
            byte[] question = new byte[QUESTION_BYTES];
            question[0] = 41;
            socket.getOutputStream().write(question);
            int answer = socket.getInputStream().read();
            if (answer < 0) {
                throw new IOException("closed");
            }
            return answer;
        }
    }

    private static ServerSocket listening(NodeSockets sockets) throws IOException {
        ServerSocket server = sockets.server();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return server;
    }

    private static InetSocketAddress at(String host, ServerSocket server) {
        return new InetSocketAddress(host, server.getLocalPort());
    }

    private static String refusal(CompletableFuture<Integer> served) {
        try {
            throw new AssertionError("served " + served.join());
        } catch (CompletionException e) {
            return NodeSockets.reason(Objects.requireNonNull((IOException) e.getCause()));
        }
    }

    @Test
    void nodesOfOneAuthorityTalkByNameAndByNumber() throws Exception {
        NodeIdentity one = node("one", "127.0.0.1", "localhost");
        NodeIdentity two = node("two", "elsewhere.example");
        for (String host : List.of("127.0.0.1", "localhost")) {
            try (ServerSocket server = listening(one)) {
                CompletableFuture<Integer> served = serveOne(server);
                assertThat(ask(two, at(host, server))).isEqualTo(42);
                assertThat(served.join()).isEqualTo(41);
            }
        }
    }

    @Test
    void whoSpeaksPlainTextIsRefused() throws Exception {
        try (ServerSocket server = listening(node("one", "127.0.0.1"))) {
            CompletableFuture<Integer> served = serveOne(server);
            int answer = ask(NodeSockets.PLAIN, at("127.0.0.1", server));
            assertThat(answer).as("a TLS alert").isEqualTo(21);
            assertThat(refusal(served)).contains("speaks plain text");
        }
    }

    @Test
    void whoHasACertificateOfAnotherAuthorityIsRefused() throws Exception {
        Path foreign = directory.resolve("foreign");
        CertificateAuthority.create(foreign, NOW, YEAR)
                .issue(foreign, "spy", List.of("127.0.0.1"), NOW, YEAR);
        // it believes our nodes, and shows what our authority has not issued
        Files.writeString(
                foreign.resolve("both.crt"),
                Files.readString(foreign.resolve("ca.crt"))
                        + Files.readString(directory.resolve("ca.crt")));
        NodeIdentity spy =
                NodeIdentity.load(
                        foreign.resolve("both.crt"),
                        foreign.resolve("spy.crt"),
                        foreign.resolve("spy.key"));
        try (ServerSocket server = listening(node("one", "127.0.0.1"))) {
            CompletableFuture<Integer> served = serveOne(server);
            assertThatThrownBy(() -> ask(spy, at("127.0.0.1", server)))
                    .isInstanceOf(IOException.class);
            assertThat(refusal(served)).contains("of another authority");
        }
        // nor is a server of its kind believed
        try (ServerSocket server = listening(spy)) {
            serveOne(server);
            assertThatThrownBy(() -> ask(node("two", "127.0.0.1"), at("127.0.0.1", server)))
                    .isInstanceOfSatisfying(
                            IOException.class,
                            e ->
                                    assertThat(NodeSockets.reason(e))
                                            .contains("of another authority"));
        }
    }

    /// A node that was stolen the certificate of another cannot pose as a third.
    @Test
    void aServerMustBeTheHostThatWasDialled() throws Exception {
        NodeIdentity elsewhere = node("one", "elsewhere.example");
        try (ServerSocket server = listening(elsewhere)) {
            serveOne(server);
            assertThatThrownBy(() -> ask(node("two", "127.0.0.1"), at("127.0.0.1", server)))
                    .isInstanceOfSatisfying(
                            IOException.class,
                            e -> assertThat(NodeSockets.reason(e)).contains("does not fit"));
        }
    }

    @Test
    void whatHasExpiredIsRefused() throws Exception {
        authority.issue(
                directory,
                "old",
                List.of("127.0.0.1"),
                NOW.minus(Duration.ofDays(2)),
                Duration.ofDays(1));
        NodeIdentity old = load(directory, directory, "old");
        try (ServerSocket server = listening(node("one", "127.0.0.1"))) {
            CompletableFuture<Integer> served = serveOne(server);
            assertThatThrownBy(() -> ask(old, at("127.0.0.1", server)))
                    .isInstanceOf(IOException.class);
            assertThat(refusal(served)).contains("expired");
        }
    }

    /// A mistake is told at the start, by the name of the file.
    @Test
    void refusesFilesThatDoNotBelongTogether() throws Exception {
        Path foreign = directory.resolve("foreign");
        CertificateAuthority.create(foreign, NOW, YEAR)
                .issue(foreign, "n", List.of("127.0.0.1"), NOW, YEAR);
        assertThatThrownBy(() -> load(directory, foreign, "n"))
                .hasMessageContaining("n.crt was not issued by an authority of");
        assertThatThrownBy(() -> load(directory, directory, "missing"))
                .hasMessageContaining("missing.crt");
        node("one", "127.0.0.1");
        node("two", "127.0.0.1");
        Files.copy(directory.resolve("one.crt"), directory.resolve("mixed.crt"));
        Files.copy(directory.resolve("two.key"), directory.resolve("mixed.key"));
        assertThatThrownBy(() -> load(directory, directory, "mixed"))
                .hasMessageContaining("mixed.key is not the key of ")
                .hasMessageContaining("mixed.crt");
        Path empty = Files.writeString(directory.resolve("empty.crt"), "nothing");
        assertThatThrownBy(() -> Pem.certificates(empty))
                .hasMessageContaining("empty.crt holds no certificate");
    }

    @Test
    void keepsItsSecretsAndWritesNothingOver() throws Exception {
        node("one", "127.0.0.1");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(directory.resolve("ca.key"))))
                .isEqualTo("rw-------");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(directory.resolve("one.key"))))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> node("one", "127.0.0.1"))
                .isInstanceOf(java.nio.file.FileAlreadyExistsException.class);
        assertThatThrownBy(() -> CertificateAuthority.create(directory, NOW, YEAR))
                .isInstanceOf(java.nio.file.FileAlreadyExistsException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "büro.example", "a..b", "a b", "1.2.3.4.5"})
    void issuesNothingForWhatIsNoHost(String host) {
        assertThatThrownBy(() -> node("n", host)).isInstanceOf(IllegalArgumentException.class);
        assertThat(directory.resolve("n.crt")).doesNotExist();
        assertThat(directory.resolve("n.key")).doesNotExist();
    }

    /// As another reader of X.509 sees it.
    @Test
    void certificatesSayWhatTheyAreFor() throws Exception {
        X509Certificate own = node("one", "127.0.0.1", "::1", "node.example").chain().getFirst();
        assertThat(own.getVersion()).isEqualTo(3);
        assertThat(own.getBasicConstraints()).isEqualTo(-1);
        assertThat(own.getKeyUsage()[0]).isTrue();
        assertThat(own.getKeyUsage()[5]).isFalse();
        assertThat(own.getExtendedKeyUsage())
                .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(own.getSubjectAlternativeNames())
                .containsExactlyInAnyOrder(
                        List.of(7, "127.0.0.1"),
                        List.of(7, "0:0:0:0:0:0:0:1"),
                        List.of(2, "node.example"));
        X509Certificate issuer = Pem.certificates(directory.resolve("ca.crt")).getFirst();
        assertThat(issuer.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
        assertThat(issuer.getKeyUsage()[5]).isTrue();
        own.verify(issuer.getPublicKey());
        own.checkValidity();
    }
}
