package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.Ticker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// The time of day that may cost data: a clock that jumps by more than a day is not believed until
/// it has gone on from there for an hour.
///
/// Between two looks the monotonic clock says how much time has passed; from one start to the next
/// the file `clock` says what was believed last. So a machine that starts with a wrong clock, or
/// was off for more than a day, deletes nothing for an hour; whoever notices by then mends the
/// clock, and nothing has happened. Meanwhile time goes on from what was believed.
///
/// Bytes: `docs/format/clock.md`. One thread.
final class ConfirmedTime {
    static final String FILE = "clock";
    static final String MAGIC = "TSDBCLCK";
    static final int VERSION = 1;

    /// Jumps up to this far are believed at once.
    static final long JUMP_SECONDS_MAX = TimeUnit.DAYS.toSeconds(1);

    /// A jump further than that is believed when the clock has gone on from there for so long.
    static final long CONFIRM_SECONDS = TimeUnit.HOURS.toSeconds(1);

    private static final long SAVE_SECONDS = TimeUnit.HOURS.toSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(ConfirmedTime.class);

    /// A time of day at a moment of the monotonic clock.
    private record Sighting(long seconds, long atNanos) {
        long secondsAt(long nanos) {
            return seconds + TimeUnit.NANOSECONDS.toSeconds(nanos - atNanos);
        }

        boolean agrees(long wallSeconds, long nanos) {
            return Math.abs(wallSeconds - secondsAt(nanos)) <= JUMP_SECONDS_MAX;
        }
    }

    private static final Sighting NEVER = new Sighting(Long.MIN_VALUE / 2, 0);

    private final FileStore io;
    private final Path directory;
    private final InstantSource clock;
    private final Ticker ticker;
    private Sighting believed = NEVER;
    private Sighting suspected = NEVER;
    private long savedSeconds = NEVER.seconds;

    private ConfirmedTime(FileStore io, Path directory, InstantSource clock, Ticker ticker) {
        this.io = io;
        this.directory = directory;
        this.clock = clock;
        this.ticker = ticker;
    }

    static byte[] encode(long seconds) {
        byte[] body = new byte[Long.BYTES];
        LittleEndian.putLong(body, 0, seconds);
        return body;
    }

    private static long load(FileStore io, Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        byte[] body = FramedFile.read(io, file, MAGIC, VERSION);
        if (body.length != Long.BYTES) {
            throw new CorruptDataException(file.toString(), 0, "no time of day");
        }
        return LittleEndian.getLong(body, 0);
    }

    /// @throws CorruptDataException when there is a file, and it is damaged
    static void check(FileStore io, Path directory) throws IOException {
        if (io.exists(directory.resolve(FILE))) {
            load(io, directory);
        }
    }

    /// @param isNew whether there is no data yet that a wrong clock could cost: it is believed
    static ConfirmedTime open(
            FileStore io, Path directory, InstantSource clock, Ticker ticker, boolean isNew)
            throws IOException {
        var time = new ConfirmedTime(io, directory, clock, ticker);
        if (isNew) {
            time.believe(clock.instant().getEpochSecond());
        } else if (io.exists(directory.resolve(FILE))) {
            time.savedSeconds = load(io, directory);
            time.believed = new Sighting(time.savedSeconds, ticker.nanos());
        } else {
            LOG.warn(
                    "{} is missing, as behind a restore: nothing is deleted for its age before the"
                            + " time of day is confirmed anew",
                    directory.resolve(FILE));
        }
        return time;
    }

    /// The time of day, nanoseconds; empty when none is believed yet.
    OptionalLong nanos() {
        long now = ticker.nanos();
        long wall = clock.instant().getEpochSecond();
        if (believed.agrees(wall, now)) {
            suspected = NEVER;
            believe(wall);
        } else if (!suspected.agrees(wall, now)) {
            suspected = new Sighting(wall, now);
            say(wall, now);
        } else if (TimeUnit.NANOSECONDS.toSeconds(now - suspected.atNanos) >= CONFIRM_SECONDS) {
            suspected = NEVER;
            believe(wall);
        }
        if (believed.equals(NEVER)) {
            return OptionalLong.empty();
        }
        long seconds = Math.min(wall, believed.secondsAt(now));
        return OptionalLong.of(Math.multiplyExact(seconds, 1_000_000_000L));
    }

    private void say(long wall, long now) {
        if (believed.equals(NEVER)) {
            LOG.info("nothing is deleted for its age within {} s", CONFIRM_SECONDS);
        } else {
            LOG.warn(
                    "the clock says {} after {}: nothing is deleted for its age on that account"
                            + " until it has gone on from there for {} s",
                    Instant.ofEpochSecond(wall),
                    Instant.ofEpochSecond(believed.secondsAt(now)),
                    CONFIRM_SECONDS);
        }
    }

    /// A time that could not be saved is one that the next start confirms anew.
    private void believe(long seconds) {
        believed = new Sighting(seconds, ticker.nanos());
        if (Math.abs(seconds - savedSeconds) >= SAVE_SECONDS) {
            try {
                FramedFile.write(io, directory.resolve(FILE), MAGIC, VERSION, encode(seconds));
                savedSeconds = seconds;
            } catch (IOException e) {
                LOG.warn("the time of day was not saved", e);
            }
        }
    }
}
