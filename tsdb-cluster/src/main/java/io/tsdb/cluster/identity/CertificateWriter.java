package io.tsdb.cluster.identity;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Writes X.509 certificates: version 3, signed with ECDSA and SHA-256.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc5280#section-4.1">RFC 5280, section 4.1</a>
final class CertificateWriter {
    private static final byte[] ECDSA_SHA256 = Der.sequence(Der.objectId("1.2.840.10045.4.3.2"));
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final String ALTERNATIVE_NAMES = "2.5.29.17";
    private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";
    private static final int SERIAL_BITS = 127;
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final byte[] TRUE = Der.of(Der.BOOLEAN, new byte[] {(byte) 0xFF});

    /// One byte of usages and how many of its bits count nothing: keyCertSign and cRLSign.
    private static final byte[] SIGNS_CERTIFICATES = {1, 0x06};

    /// digitalSignature.
    private static final byte[] SIGNS = {7, (byte) 0x80};

    /// Looks like a number and is none of a name.
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|.*:.*");

    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

    /// What a certificate says.
    ///
    /// @param hosts names and numbers of a node; empty for an authority
    record Subject(String name, PublicKey key, List<String> hosts) {
        boolean isAuthority() {
            return hosts.isEmpty();
        }
    }

    private CertificateWriter() {}

    /// @param issuer name of who signs, as its own certificate has it; empty when it signs itself
    static X509Certificate write(
            Subject subject,
            Optional<X509Certificate> issuer,
            PrivateKey issuerKey,
            Instant from,
            Instant to)
            throws GeneralSecurityException {
        byte[] subjectName = name(subject.name());
        byte[] body =
                Der.sequence(
                        Der.of(Der.CONTEXT_CONSTRUCTED, Der.integer(BigInteger.TWO)), // version 3
                        Der.integer(new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(0)),
                        ECDSA_SHA256,
                        issuer.map(one -> one.getSubjectX500Principal().getEncoded())
                                .orElse(subjectName),
                        Der.sequence(Der.time(from), Der.time(to)),
                        subjectName,
                        subject.key().getEncoded(),
                        Der.of(Der.CONTEXT_CONSTRUCTED | 3, extensions(subject)));
        Signature signer = Signature.getInstance("SHA256withECDSA");
        signer.initSign(issuerKey);
        signer.update(body);
        byte[] certificate = Der.sequence(body, ECDSA_SHA256, Der.bits(signer.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(certificate));
    }

    private static byte[] name(String commonName) {
        return Der.sequence(
                Der.of(Der.SET, Der.sequence(Der.objectId(COMMON_NAME), Der.text(commonName))));
    }

    private static byte[] extensions(Subject subject) {
        var all = new ArrayList<byte[]>();
        if (subject.isAuthority()) {
            all.add(extension(BASIC_CONSTRAINTS, Der.sequence(TRUE)));
            all.add(extension(KEY_USAGE, Der.of(Der.BIT_STRING, SIGNS_CERTIFICATES)));
        } else {
            all.add(extension(BASIC_CONSTRAINTS, Der.sequence()));
            all.add(extension(KEY_USAGE, Der.of(Der.BIT_STRING, SIGNS)));
            all.add(
                    extension(
                            EXTENDED_KEY_USAGE,
                            Der.sequence(
                                    Der.objectId(SERVER_AUTHENTICATION),
                                    Der.objectId(CLIENT_AUTHENTICATION))));
            all.add(
                    extension(
                            ALTERNATIVE_NAMES,
                            Der.sequence(
                                    subject.hosts().stream()
                                            .map(CertificateWriter::host)
                                            .toArray(byte[][]::new))));
        }
        return Der.sequence(all.toArray(byte[][]::new));
    }

    private static byte[] extension(String id, byte[] value) {
        return Der.sequence(Der.objectId(id), TRUE, Der.of(Der.OCTET_STRING, value));
    }

    private static byte[] host(String host) {
        if (NUMERIC.matcher(host).matches()) {
            return Der.of(Der.CONTEXT | IP_ADDRESS, InetAddress.ofLiteral(host).getAddress());
        }
        if (!HOST_NAME.matcher(host).matches()) {
            throw new IllegalArgumentException("'" + host + "' is no name of a host");
        }
        return Der.of(Der.CONTEXT | DNS_NAME, host.getBytes(StandardCharsets.US_ASCII));
    }
}
