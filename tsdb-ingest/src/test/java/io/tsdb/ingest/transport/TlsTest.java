package io.tsdb.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;

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

    private TestServer tlsServer() throws IOException {
        var options = new TestServer.Options();
        options.http = config -> config.withTls(new TlsFiles(certificate, key));
        return new TestServer(options);
    }

    private static HttpSocket connect(TestServer server)
            throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        Socket socket = context.getSocketFactory().createSocket("127.0.0.1", server.http.port());
        return new HttpSocket(socket);
    }
}
