package io.tsdb.cluster.identity;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;

import javax.net.ssl.SSLException;

/// What went wrong between two nodes, from what the TLS provider says of it.
final class RefusalText {
    private RefusalText() {}

    static String of(IOException failure) {
        if (failure instanceof EOFException || isReset(failure)) {
            return "it ended the connection without an answer: is it of another cluster, or does it"
                    + " want a certificate (cluster-ca, cluster-cert, cluster-key)?";
        }
        if (!(failure instanceof SSLException)) {
            return String.valueOf(failure.getMessage());
        }
        if (has(failure, CertificateExpiredException.class)) {
            return "the certificate of the other side has expired";
        }
        if (has(failure, CertPathBuilderException.class)
                || has(failure, CertPathValidatorException.class)) {
            return "the certificate of the other side is of another authority than cluster-ca";
        }
        if (has(failure, CertificateException.class)) {
            return "the certificate of the other side does not fit: " + failure.getMessage();
        }
        return byMessage(String.valueOf(failure.getMessage()));
    }

    /// Whoever does not believe a certificate may end the connection before it has said why.
    private static boolean isReset(IOException failure) {
        return failure instanceof SocketException && !(failure instanceof ConnectException);
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> kind) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static String byMessage(String message) {
        if (message.contains("bad_certificate") || message.contains("certificate_unknown")) {
            return "the other side does not believe the certificate of this one: " + message;
        }
        if (message.contains("Unsupported or unrecognized SSL message")) {
            return "the other side speaks plain text, and this one TLS";
        }
        if (message.contains("Empty client certificate chain")
                || message.contains("certificate_required")) {
            return "the other side shows no certificate";
        }
        return "TLS: " + message;
    }
}
