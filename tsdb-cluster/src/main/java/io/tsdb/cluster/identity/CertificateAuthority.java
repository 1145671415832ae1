package io.tsdb.cluster.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A cluster's own certificate authority: whoever has a certificate of it is a node. Two files in a
/// directory that belongs on no node: `ca.crt`, which every node gets, and `ca.key`.
public final class CertificateAuthority {
    public static final String CERTIFICATE_FILE = "ca.crt";
    public static final String KEY_FILE = "ca.key";

    /// Clocks of nodes may be behind.
    private static final Duration BEFORE = Duration.ofHours(1);

    private final X509Certificate certificate;
    private final PrivateKey key;

    private CertificateAuthority(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /// Makes one.
    ///
    /// @throws IOException also when there is one in the directory
    public static CertificateAuthority create(Path directory, Instant now, Duration validity)
            throws IOException {
        Files.createDirectories(directory);
        try {
            KeyPair pair = keyPair();
            X509Certificate certificate =
                    CertificateWriter.write(
                            new CertificateWriter.Subject(
                                    "tsdb cluster CA", pair.getPublic(), List.of()),
                            Optional.empty(),
                            pair.getPrivate(),
                            now.minus(BEFORE),
                            now.plus(validity));
            Pem.write(directory.resolve(KEY_FILE), pair.getPrivate());
            Pem.write(directory.resolve(CERTIFICATE_FILE), certificate);
            return new CertificateAuthority(certificate, pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IOException("no authority could be made: " + e.getMessage(), e);
        }
    }

    /// @throws IOException when the directory holds none
    public static CertificateAuthority open(Path directory) throws IOException {
        return new CertificateAuthority(
                Pem.certificates(directory.resolve(CERTIFICATE_FILE)).getFirst(),
                Pem.key(directory.resolve(KEY_FILE)));
    }

    /// Issues a certificate to a node: `NAME.crt` and `NAME.key`.
    ///
    /// @param hosts names or numbers by which other nodes reach it, as in `cluster-listen` and
    ///   `cluster-raft`
    /// @throws IOException also when a file of that name is there
    public void issue(Path directory, String name, List<String> hosts, Instant now, Duration valid)
            throws IOException {
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("a node is reached by one host at least");
        }
        Files.createDirectories(directory);
        try {
            KeyPair pair = keyPair();
            X509Certificate issued =
                    CertificateWriter.write(
                            new CertificateWriter.Subject(name, pair.getPublic(), hosts),
                            Optional.of(certificate),
                            key,
                            now.minus(BEFORE),
                            now.plus(valid));
            Pem.write(directory.resolve(name + ".key"), pair.getPrivate());
            Pem.write(directory.resolve(name + ".crt"), issued);
        } catch (GeneralSecurityException e) {
            throw new IOException("no certificate could be issued: " + e.getMessage(), e);
        }
    }

    private static KeyPair keyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
