package io.tsdb.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tsdb.storage.net.EventLoops;
import io.tsdb.storage.net.HeadRoom;
import io.tsdb.storage.net.TlsFiles;
import io.tsdb.storage.net.TlsHandshakes;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLContext;

/// TLS by two file paths.
class TlsTest {
    @TempDir private Path folder;
    private Path certificate = Path.of("");
    private Path key = Path.of("");

    @BeforeEach
    void makeFiles() throws Exception {
        X509Bundle bundle =
                new CertificateBuilder()
                        .subject("CN=localhost")
                        .addSanDnsName("localhost")
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
        certificate = folder.resolve("server.crt");
        key = folder.resolve("server.key");
        Files.writeString(certificate, bundle.getCertificatePathPEM());
        Files.writeString(key, bundle.getPrivateKeyPEM());
    }

    @Test
    void servesHttps() throws Exception {
        try (var server = tlsServer();
                HttpSocket socket = connect(server)) {
            assertThat(server.http.scheme()).isEqualTo("https");
            for (int i = 0; i < 3; i++) {
                assertThat(socket.post("/write?db=d", "m f=1 " + i).status()).isEqualTo(204);
            }
            assertThat(server.sink.written()).hasSize(3);
        }
    }

    @Test
    void answersALongRefusedBodyOverTls() throws Exception {
        try (var server = tlsServer();
                HttpSocket socket = connect(server)) {
            socket.send(HttpSocket.head("POST", "/write", Map.of(), 5_000_000));
            for (int i = 0; i < 5; i++) {
                socket.send(new byte[1_000_000]);
            }
            assertThat(socket.read().status()).isEqualTo(400);
            assertThat(socket.isClosedByServer()).isTrue();
        }
    }

    @Test
    void doesNotServePlainHttpOnATlsPort() throws Exception {
        try (var server = tlsServer();
                HttpSocket socket = server.connect()) {
            socket.send(HttpSocket.head("GET", "/ping", Map.of(), 0));
            assertThatThrownBy(socket::read).isInstanceOf(IOException.class);
        }
    }

    /// A signature takes milliseconds; of thousands of strangers, seconds.
    @Test
    void theLoopServesOthersWhileAHandshakeIsComputed() throws Exception {
        var work = new LinkedBlockingQueue<Runnable>();
        var waits = new AtomicBoolean();
        Executor threads =
                step -> {
                    if (waits.get()) {
                        work.add(step);
                    } else {
                        step.run();
                    }
                };
        var options = tls();
        options.loops = EventLoops.create(1, new TlsHandshakes(threads, 100), HeadRoom.create());
        try (var server = new TestServer(options);
                HttpSocket known = connect(server)) {
            assertThat(known.post("/write?db=d", "m f=1 1").status()).isEqualTo(204);
            waits.set(true);
            var stranger =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try (HttpSocket socket = connect(server)) {
                                    return socket.post("/write?db=d", "m f=2 2").status();
                                } catch (IOException | GeneralSecurityException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            Runnable step = work.poll(10, TimeUnit.SECONDS);
            assertThat(step).isNotNull();
            assertThat(known.post("/write?db=d", "m f=3 3").status()).isEqualTo(204);
            assertThat(stranger).isNotDone();
            waits.set(false);
            step.run();
            assertThat(stranger.get(10, TimeUnit.SECONDS)).isEqualTo(204);
        }
    }

    @Test
    void ofTooManyHandshakesTheFirstIsCutOff() throws Exception {
        var options = tls();
        var handshakes = new TlsHandshakes(Runnable::run, 3);
        options.loops = EventLoops.create(2, handshakes, HeadRoom.create());
        try (var server = new TestServer(options)) {
            List<HttpSocket> strangers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                strangers.add(server.connect());
                long open = i + 1L;
                TestServer.await("it", () -> server.connections.accepted.sum() == open);
            }
            assertThat(strangers.get(0).isClosedByServer()).isTrue();
            assertThat(strangers.get(1).isClosedByServer()).isTrue();
            assertThat(handshakes.count()).isEqualTo(3);
            try (HttpSocket socket = connect(server)) {
                assertThat(socket.post("/write?db=d", "m f=1 1").status()).isEqualTo(204);
            }
            assertThat(strangers.get(2).isClosedByServer()).isTrue();
            for (HttpSocket stranger : strangers) {
                stranger.close();
            }
            TestServer.await("all ended", () -> handshakes.count() == 0);
        }
    }

    @Test
    void saysWhichFileIsWrong() throws IOException {
        Path missing = folder.resolve("missing.crt");
        assertThatThrownBy(() -> new TlsFiles(missing, key).serverContext())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("missing.crt cannot be read");
        Path junk = Files.writeString(folder.resolve("junk.key"), "junk");
        assertThatThrownBy(() -> new TlsFiles(certificate, junk).serverContext())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("junk.key")
                .hasMessageContaining("PKCS#8");
    }

    private TestServer.Options tls() {
        var options = new TestServer.Options();
        options.http = config -> config.withTls(new TlsFiles(certificate, key));
        return options;
    }

    private TestServer tlsServer() throws IOException {
        return new TestServer(tls());
    }

    private static HttpSocket connect(TestServer server)
            throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        Socket socket = context.getSocketFactory().createSocket("127.0.0.1", server.http.port());
        return new HttpSocket(socket);
    }
}
