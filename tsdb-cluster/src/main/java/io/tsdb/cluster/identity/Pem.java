package io.tsdb.cluster.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keys and certificates as text (RFC 7468).
final class Pem {
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PRIVATE_KEY = "PRIVATE KEY";
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    private Pem() {}

    /// A new file.
    static void write(Path file, X509Certificate certificate)
            throws IOException, GeneralSecurityException {
        create(file, text(CERTIFICATE, certificate.getEncoded()), "rw-r--r--");
    }

    /// A new file that its owner alone reads.
    static void write(Path file, PrivateKey key) throws IOException {
        create(file, text(PRIVATE_KEY, key.getEncoded()), "rw-------");
    }

    private static void create(Path file, String text, String permissions) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] attributes =
                posix
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString(permissions))
                        }
                        : new FileAttribute<?>[0];
        Files.createFile(file, attributes);
        Files.writeString(file, text, StandardCharsets.US_ASCII);
    }

    private static String text(String what, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(
                        what,
                        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der),
                        what);
    }

    /// @throws IOException that names the file, when it has no certificate
    static List<X509Certificate> certificates(Path file) throws IOException {
        var certificates = new ArrayList<X509Certificate>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (byte[] der : blocks(file, CERTIFICATE)) {
                Certificate one = factory.generateCertificate(new ByteArrayInputStream(der));
                certificates.add((X509Certificate) one);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " is no certificate: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new IOException(file + " holds no certificate (PEM, BEGIN CERTIFICATE)");
        }
        return certificates;
    }

    /// @throws IOException that names the file, when it has no key
    static PrivateKey key(Path file) throws IOException {
        List<byte[]> keys = blocks(file, PRIVATE_KEY);
        if (keys.size() != 1) {
            throw new IOException(
                    file + " holds " + keys.size() + " keys (PEM, PKCS#8, BEGIN PRIVATE KEY)");
        }
        var encoded = new PKCS8EncodedKeySpec(keys.getFirst());
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (GeneralSecurityException _) {
                // one of another kind
            }
        }
        throw new IOException(file + " holds a key that is none of EC, RSA and Ed25519");
    }

    private static List<byte[]> blocks(Path file, String what) throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        var found = new ArrayList<byte[]>();
        while (block.find()) {
            if (block.group(1).equals(what)) {
                try {
                    found.add(Base64.getMimeDecoder().decode(block.group(2)));
                } catch (IllegalArgumentException e) {
                    throw new IOException(file + " is damaged: " + e.getMessage(), e);
                }
            }
        }
        return found;
    }
}
