package io.tsdb.cluster.security;

import io.tsdb.storage.io.FileFailure;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.Ticker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Says who presents a token. Any thread.
///
/// Follows the token file: a change is seen within [#LOOK_EVERY_NANOS]. A file that cannot be read
/// lets nobody in.
public final class Authenticator {
    private static final Logger LOG = LoggerFactory.getLogger(Authenticator.class);
    static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// When authentication is asked for.
    public enum Mode {
        /// Once a token has been created in the data directory.
        AUTO,
        ON,
        OFF
    }

    private final TokenFile file;
    private final Mode mode;
    private volatile Optional<byte[]> adminHash;

    /// A file of the secret that is empty for a moment, or was taken away, opens no door.
    private volatile boolean hadAdminToken;

    private final InstantSource clock;
    private final Ticker ticker;
    private final AtomicLong lookAgainNanos;
    private volatile Snapshot snapshot;

    /// @param adminToken one more token with every permission, not stored; empty: none
    public Authenticator(
            TokenFile file,
            Mode mode,
            Optional<String> adminToken,
            InstantSource clock,
            Ticker ticker) {
        this.file = file;
        this.mode = mode;
        this.adminHash = adminToken.map(TokenSecret::hash);
        this.hadAdminToken = adminToken.isPresent();
        this.clock = clock;
        this.ticker = ticker;
        this.lookAgainNanos = new AtomicLong(ticker.nanos() + LOOK_EVERY_NANOS);
        this.snapshot = load();
    }

    /// Another token that is not stored, in place of the one there was. With none requests need a
    /// token all the same, until the next start.
    public void adminToken(Optional<String> token) {
        if (token.isPresent()) {
            hadAdminToken = true;
        }
        adminHash = token.map(TokenSecret::hash);
    }

    /// Looks at the file now: it was changed.
    public void look() {
        snapshot = load();
    }

    /// Whether requests need a token now.
    public boolean isOn() {
        return switch (mode) {
            case ON -> true;
            case OFF -> false;
            case AUTO -> hadAdminToken || current().fileExists();
        };
    }

    /// Who presents this token; everybody is [Principal#EVERYBODY] while authentication is off.
    ///
    /// @param presented as the client sent it; empty: none, or not in a form we know
    /// @return empty: refused. Why is not said: unknown, revoked and expired look alike
    public Optional<Principal> authenticate(Optional<String> presented) {
        if (!isOn()) {
            return Optional.of(Principal.EVERYBODY);
        }
        if (presented.isEmpty() || presented.get().isEmpty()) {
            return Optional.empty();
        }
        byte[] hash = TokenSecret.hash(presented.get());
        Instant now = clock.instant();
        Optional<Principal> found = Optional.empty();
        for (Token token : current().tokens()) { // all of them: time says nothing
            if (token.hasHash(hash) && !token.isExpired(now)) {
                found = Optional.of(new Principal(token.id(), token.scopes()));
            }
        }
        Optional<byte[]> admin = adminHash;
        if (admin.isPresent() && MessageDigest.isEqual(admin.get(), hash)) {
            found = Optional.of(new Principal("admin-token", Principal.EVERYBODY.scopes()));
        }
        return found;
    }

    private Snapshot current() {
        long now = ticker.nanos();
        long due = lookAgainNanos.get();
        if (now - due >= 0 && lookAgainNanos.compareAndSet(due, now + LOOK_EVERY_NANOS)) {
            Snapshot last = snapshot;
            Optional<Stamp> stamp = stamp();
            if (!stamp.equals(last.stamp())) {
                snapshot = load();
            }
        }
        return snapshot;
    }

    private Snapshot load() {
        Optional<Stamp> stamp = stamp();
        try {
            file.requireNotLost();
            return new Snapshot(stamp, file.read());
        } catch (IOException | CorruptDataException e) {
            LOG.error("nobody is let in until this is repaired: {}", FileFailure.text(e));
            return new Snapshot(stamp, List.of());
        }
    }

    private Optional<Stamp> stamp() {
        try {
            var attributes = Files.readAttributes(file.path(), BasicFileAttributes.class);
            return Optional.of(
                    new Stamp(
                            attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                            attributes.size(),
                            String.valueOf(attributes.fileKey())));
        } catch (NoSuchFileException _) {
            return file.isLost() ? Optional.of(UNREADABLE) : Optional.empty();
        } catch (IOException e) {
            LOG.error("nobody is let in until this is repaired: {}", FileFailure.text(e));
            return Optional.of(UNREADABLE);
        }
    }

    /// Tells one version of the file from another; each is a new inode.
    private record Stamp(long modifiedNanos, long sizeBytes, String fileKey) {}

    private static final Stamp UNREADABLE = new Stamp(0, -1, "");

    private record Snapshot(Optional<Stamp> stamp, List<Token> tokens) {
        boolean fileExists() {
            return stamp.isPresent();
        }
    }
}
