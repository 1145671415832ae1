package io.tsdb.cluster.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// What a node proves itself with to others, and whom it believes: who has a certificate of the
/// cluster's authority. Both sides show one; a client also looks whether it is that of the host it
/// dialled.
public final class NodeIdentity implements NodeSockets {
    private static final String PROTOCOL = "TLSv1.3";
    private static final char[] NO_PASSWORD = {};

    private final PrivateKey key;
    private final List<X509Certificate> chain;
    private final List<X509Certificate> authorities;
    private final SSLContext context;

    private NodeIdentity(
            PrivateKey key,
            List<X509Certificate> chain,
            List<X509Certificate> authorities,
            SSLContext context) {
        this.key = key;
        this.chain = List.copyOf(chain);
        this.authorities = List.copyOf(authorities);
        this.context = context;
    }

    /// @param authorities file with the certificates of those who are believed
    /// @throws IOException that names the file that does not serve
    public static NodeIdentity load(Path authorities, Path certificate, Path key)
            throws IOException {
        List<X509Certificate> trusted = Pem.certificates(authorities);
        List<X509Certificate> chain = Pem.certificates(certificate);
        PrivateKey secret = Pem.key(key);
        checkIssued(chain.getFirst(), trusted, certificate, authorities);
        try {
            checkKey(chain.getFirst(), secret, certificate, key);
            KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
            keys.load(null, null);
            keys.setKeyEntry("node", secret, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
            own.init(keys, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance(PROTOCOL);
            context.init(own.getKeyManagers(), TrustedAuthorities.managers(trusted), null);
            return new NodeIdentity(secret, chain, trusted, context);
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    certificate + " and " + key + " do not serve: " + e.getMessage(), e);
        }
    }

    /// A mistake of whoever set up the node is better told at its start than by every other node.
    private static void checkIssued(
            X509Certificate own, List<X509Certificate> trusted, Path certificate, Path authorities)
            throws IOException {
        for (X509Certificate authority : trusted) {
            try {
                own.verify(authority.getPublicKey());
                return;
            } catch (GeneralSecurityException _) {
                // not by this one
            }
        }
        throw new IOException(certificate + " was not issued by an authority of " + authorities);
    }

    /// The key of another certificate would show in nothing but handshakes that fail.
    private static void checkKey(X509Certificate own, PrivateKey secret, Path certificate, Path key)
            throws IOException, GeneralSecurityException {
        Signature signature =
                Signature.getInstance(
                        switch (secret.getAlgorithm()) {
                            case "EC" -> "SHA256withECDSA";
                            case "RSA" -> "SHA256withRSA";
                            default -> secret.getAlgorithm();
                        });
        byte[] text = own.getEncoded();
        signature.initSign(secret);
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(own.getPublicKey());
        signature.update(text);
        if (!signature.verify(signed)) {
            throw new IOException(key + " is not the key of " + certificate);
        }
    }

    public PrivateKey key() {
        return key;
    }

    /// Own certificate first.
    public List<X509Certificate> chain() {
        return chain;
    }

    public List<X509Certificate> authorities() {
        return authorities;
    }

    @Override
    public Socket client() {
        SSLSocket socket;
        try {
            socket = (SSLSocket) context.getSocketFactory().createSocket();
        } catch (IOException e) {
            throw new UncheckedIOException("BUG: the TLS provider makes no sockets", e);
        }
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {PROTOCOL});
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    @Override
    public ServerSocket server() throws IOException {
        var socket = (SSLServerSocket) context.getServerSocketFactory().createServerSocket();
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {PROTOCOL});
        parameters.setNeedClientAuth(true);
        socket.setSSLParameters(parameters);
        return socket;
    }
}
