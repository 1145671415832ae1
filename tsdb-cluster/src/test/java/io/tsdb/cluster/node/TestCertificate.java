package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;

/// A certificate of `localhost` and its key, for nodes that speak TLS.
final class TestCertificate {
    private TestCertificate() {}

    /// Writes `node.crt` and `node.key`, as `keytool` makes them.
    ///
    /// @return the options of `tsdb start` for them
    static String[] write(Path directory) throws Exception {
        Path store = directory.resolve("node.p12");
        var keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-keystore",
                                store.toString(),
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                "changeit",
                                "-alias",
                                "node",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=localhost")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        Key key = keys.getKey("node", "changeit".toCharArray());
        Certificate certificate = keys.getCertificate("node");
        Files.writeString(directory.resolve("node.key"), pem("PRIVATE KEY", key.getEncoded()));
        Files.writeString(
                directory.resolve("node.crt"), pem("CERTIFICATE", certificate.getEncoded()));
        return new String[] {
            "--tls-cert=" + directory.resolve("node.crt"),
            "--tls-key=" + directory.resolve("node.key")
        };
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(der), what);
    }
}
