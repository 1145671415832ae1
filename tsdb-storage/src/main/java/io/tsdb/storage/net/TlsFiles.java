package io.tsdb.storage.net;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The two files that turn TLS on.
///
/// @param certificateChain PEM, the server's certificate first
/// @param privateKey PEM, PKCS#8 (`BEGIN PRIVATE KEY`), not encrypted
public record TlsFiles(Path certificateChain, Path privateKey) {
    /// Reads both files; TLS 1.3 and 1.2.
    ///
    /// @throws IOException that names the file and what is wrong with it
    public SslContext serverContext() throws IOException {
        readable("certificate", certificateChain);
        readable("private key", privateKey);
        try {
            return SslContextBuilder.forServer(certificateChain.toFile(), privateKey.toFile())
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
        } catch (IllegalArgumentException wrong) {
            throw new IOException(
                    "TLS: "
                            + certificateChain
                            + " and "
                            + privateKey
                            + " do not make a certificate chain with its key ("
                            + wrong.getMessage()
                            + "); both must be PEM, the key unencrypted PKCS#8: openssl pkcs8"
                            + " -topk8 -nocrypt -in KEY -out KEY.pk8",
                    wrong);
        }
    }

    private static void readable(String what, Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("TLS " + what + " file " + file + " cannot be read");
        }
    }
}
