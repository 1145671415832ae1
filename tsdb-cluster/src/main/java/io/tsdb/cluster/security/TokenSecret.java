package io.tsdb.cluster.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/// The text a client presents: `tsdb_<id>_<43 characters>`, 256 random bits. Shown once, never
/// stored.
public final class TokenSecret {
    static final int HASH_BYTES = 32;
    private static final int RANDOM_BYTES = 32;
    private static final int ID_BYTES = 4;

    private final String id;
    private final String text;

    private TokenSecret(String id, String text) {
        this.id = id;
        this.text = text;
    }

    static TokenSecret create(SecureRandom random) {
        byte[] idBytes = new byte[ID_BYTES];
        byte[] secret = new byte[RANDOM_BYTES];
        random.nextBytes(idBytes);
        random.nextBytes(secret);
        String id = HexFormat.of().formatHex(idBytes);
        String tail = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        return new TokenSecret(id, "tsdb_" + id + "_" + tail);
    }

    public String id() {
        return id;
    }

    /// The secret itself: to be shown to whoever asked for the token, and forgotten.
    public String text() {
        return text;
    }

    static byte[] hash(String presented) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(presented.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("BUG: every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "tsdb_" + id + "_***";
    }
}
