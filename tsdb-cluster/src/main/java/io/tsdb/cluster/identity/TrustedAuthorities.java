package io.tsdb.cluster.identity;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// Authorities whose certificates are believed, and no others.
public final class TrustedAuthorities {
    private TrustedAuthorities() {}

    /// For clients of servers that have a certificate of one of them.
    ///
    /// @param file their certificates (PEM)
    /// @throws IOException that names the file that does not serve
    public static SSLContext context(Path file) throws IOException {
        List<X509Certificate> authorities = Pem.certificates(file);
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(authorities), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " does not serve: " + e.getMessage(), e);
        }
    }

    static TrustManager[] managers(List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore believed = KeyStore.getInstance(KeyStore.getDefaultType());
        believed.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            believed.setCertificateEntry("authority-" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(believed);
        return factory.getTrustManagers();
    }
}
