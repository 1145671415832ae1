package io.tsdb.storage.series;

import io.tsdb.storage.io.FileStore;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Keeps the dictionary of a shard beside everything else: opens or builds it, takes new series
/// over from the registry's table, makes a larger one in time, closes it in order.
///
/// It begins some seconds after the start, or when there are many new series. Nothing waits for it.
/// While it is not ready, and when it cannot be had at all, the registry's own table holds every
/// series.
final class DictionaryThread {
    private static final Logger LOG = LoggerFactory.getLogger(DictionaryThread.class);
    private static final String MARK_NAME = "dictionary.clean";
    private static final String PREFIX = "dictionary-";
    private static final String SUFFIX = ".map";
    private static final int CAPACITY_MIN = 10_000;
    private static final int KEY_BYTES_GUESS = 128;
    private static final int START_DELAY_MILLIS = 5_000;
    private static final int BATCH = 256;
    private static final int LEFT_AT_CLOSE_MAX = 20_000;
    private static final int FULL_PERCENT = 70;

    /// What the thread needs of the registry.
    interface Source {
        int seriesCount();

        boolean isLive(int id);

        /// [io.tsdb.storage.model.MeasurementId#packed()] of a series' measurement.
        long measurement(int id);

        byte[] keyBytes(int id);

        /// Series `[0, count)` are in the dictionary.
        void covered(int count);
    }

    private final FileStore io;
    private final Path directory;
    private final Source source;
    private final Optional<DictionaryMark> mark;
    private final Thread thread;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final ReentrantLock signalLock = new ReentrantLock();
    private final Condition signal = signalLock.newCondition();

    private @Nullable SeriesDictionary dictionary;
    private volatile boolean ready;
    private int generation;
    private int keyBytesAverage = KEY_BYTES_GUESS;
    private int covered;
    private int wanted;
    private int coveredByAll;
    private final LongAdder buildCount = new LongAdder();
    private boolean closing;
    private boolean ended;

    private DictionaryThread(
            FileStore io, Path directory, Source source, Optional<DictionaryMark> mark) {
        this.io = io;
        this.directory = directory;
        this.source = source;
        this.mark = mark;
        this.thread = Thread.ofPlatform().name("series-dictionary").daemon().unstarted(this::run);
    }

    /// Starts the thread.
    ///
    /// @param logMark state of the series log, as opened
    /// @param logCrc its checksum
    static DictionaryThread start(
            FileStore io, Path directory, Source source, long logMark, int logCrc)
            throws IOException {
        Path markFile = directory.resolve(MARK_NAME);
        Optional<DictionaryMark> mark =
                DictionaryMark.read(io, markFile)
                        .filter(m -> m.logMark() == logMark && m.logCrc() == logCrc)
                        .filter(m -> m.seriesCount() <= source.seriesCount());
        var started = new DictionaryThread(io, directory, source, mark);
        started.thread.start();
        return started;
    }

    /// Looks a key up in what the dictionary holds by now.
    ///
    /// @return id of some series that had this key, the newest one it was told of, or -1
    int find(long measurement, byte[] key, int from, int to) {
        if (!ready) {
            return -1;
        }
        lock.readLock().lock();
        try {
            SeriesDictionary current = dictionary;
            return current == null ? -1 : current.get(measurement, key, from, to);
        } finally {
            lock.readLock().unlock();
        }
    }

    /// Asks the thread to take over series `[0, count)`.
    void want(int count) {
        signalLock.lock();
        try {
            wanted = count;
            signal.signalAll();
        } finally {
            signalLock.unlock();
        }
    }

    /// Waits, up to a minute, until the dictionary holds series `[0, count)`; not when there will
    /// be none.
    void await(int count) throws InterruptedException {
        signalLock.lock();
        try {
            long left = TimeUnit.MINUTES.toNanos(1);
            while (coveredByAll < count) {
                if (left <= 0 || ended) {
                    throw new IllegalStateException(
                            "dictionary holds " + coveredByAll + " series, not " + count);
                }
                left = signal.awaitNanos(left);
            }
        } finally {
            signalLock.unlock();
        }
    }

    int builds() {
        return buildCount.intValue();
    }

    /// Ends the thread and closes the dictionary, which the next start does not trust.
    void abandon() {
        end();
        SeriesDictionary open = dictionary;
        if (open != null) {
            dictionary = null;
            ready = false;
            open.close();
        }
    }

    /// Ends the thread and closes the dictionary in order when it is there.
    void close(long logMark, int logCrc) throws IOException {
        end();
        SeriesDictionary open = dictionary;
        if (open == null) {
            return;
        }
        boolean complete = complete(open);
        int capacity = open.capacity();
        open.close();
        dictionary = null;
        ready = false;
        if (complete) {
            io.syncFile(path(generation));
            new DictionaryMark(logMark, logCrc, covered, capacity, generation)
                    .write(io, directory.resolve(MARK_NAME));
        }
    }

    private void end() {
        signalLock.lock();
        try {
            closing = true;
            signal.signalAll();
        } finally {
            signalLock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // the file must be closed in order first
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean complete(SeriesDictionary open) {
        try {
            return ready && takeOver(open, source.seriesCount());
        } catch (RuntimeException e) {
            LOG.warn("{}: dictionary is built anew at the next start: {}", directory, e.toString());
            return false;
        }
    }

    private Path path(int number) {
        return directory.resolve(PREFIX + number + SUFFIX);
    }

    private void run() {
        try {
            if (!awaitStart() || !SeriesDictionary.prepare()) {
                return;
            }
            openOrBuild();
            while (awaitWork()) {
                SeriesDictionary current = dictionary;
                int count = source.seriesCount();
                if (current == null || !hasRoom(current, count - covered)) {
                    rebuild(2);
                } else if (takeOver(current, count)) {
                    announce();
                }
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.warn(
                    "{}: no dictionary, series are looked up on the heap: {}",
                    directory,
                    e.toString());
            LOG.debug("dictionary failed", e);
            giveUp();
        } finally {
            tellEnd();
        }
    }

    private void tellEnd() {
        signalLock.lock();
        try {
            ended = true;
            signal.signalAll();
        } finally {
            signalLock.unlock();
        }
    }

    private void openOrBuild() throws IOException {
        Path markFile = directory.resolve(MARK_NAME);
        if (io.exists(markFile)) {
            // durably, before the file is touched: a mark beside a file in use would be a lie
            io.delete(markFile);
            io.syncDirectory(directory);
        }
        Path usable = mark.map(m -> path(m.generation())).orElse(null);
        for (Path file : io.list(directory)) {
            String name = String.valueOf(file.getFileName());
            if (name.startsWith(PREFIX) && name.endsWith(SUFFIX) && !file.equals(usable)) {
                io.delete(file);
            }
        }
        if (usable != null && io.exists(usable)) {
            DictionaryMark found = mark.orElseThrow();
            generation = found.generation();
            publish(SeriesDictionary.open(io.onMachine(usable), found.capacity(), keyBytesAverage));
            covered = found.seriesCount();
            announce();
        } else {
            generation = mark.map(DictionaryMark::generation).orElse(0);
            rebuild(2);
        }
    }

    /// Puts every live series into a new file, which then takes the place of the one before.
    ///
    /// @param spareFactor how many times as many series it has room for
    private void rebuild(int spareFactor) throws IOException {
        int count = source.seriesCount();
        keyBytesAverage = keyBytesAverage(count);
        int capacity = Math.clamp((long) spareFactor * count, CAPACITY_MIN, Integer.MAX_VALUE / 2);
        int number = generation + 1;
        io.delete(path(number));
        SeriesDictionary built =
                SeriesDictionary.open(io.onMachine(path(number)), capacity, keyBytesAverage);
        int before = covered;
        covered = 0;
        if (!takeOver(built, count)) {
            covered = before;
            built.close();
            io.delete(path(number));
            if (!isClosing()) {
                rebuild(2 * spareFactor);
            }
            return;
        }
        SeriesDictionary replaced = publish(built);
        if (replaced != null) {
            replaced.close();
            io.delete(path(generation));
        }
        generation = number;
        buildCount.increment();
        announce();
    }

    /// Average length of a key, from a sample.
    private int keyBytesAverage(int count) {
        long bytes = 0;
        int sampled = 0;
        for (int id = 0; id < count; id += 1 + count / 1000) {
            bytes += source.keyBytes(id).length;
            sampled++;
        }
        return sampled == 0 ? KEY_BYTES_GUESS : (int) (bytes / sampled) + 1;
    }

    private @Nullable SeriesDictionary publish(SeriesDictionary opened) {
        lock.writeLock().lock();
        try {
            SeriesDictionary before = dictionary;
            dictionary = opened;
            ready = true;
            return before;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /// Puts series up to `count`.
    ///
    /// @return false when there is no room for them, or when the registry closes and much is left
    ///   to do
    private boolean takeOver(SeriesDictionary target, int count) {
        while (covered < count) {
            if (!hasRoom(target, 1) || (count - covered > LEFT_AT_CLOSE_MAX && isClosing())) {
                return false;
            }
            int to = Math.min(count, covered + BATCH);
            for (int id = covered; id < to; id++) {
                if (source.isLive(id)) {
                    target.put(source.measurement(id), source.keyBytes(id), id);
                }
            }
            covered = to;
        }
        return true;
    }

    private static boolean hasRoom(SeriesDictionary target, int added) {
        return (target.size() + added) * 100 <= (long) FULL_PERCENT * target.capacity()
                && !target.isCrowded();
    }

    private void announce() {
        source.covered(covered);
        signalLock.lock();
        try {
            coveredByAll = covered;
            signal.signalAll();
        } finally {
            signalLock.unlock();
        }
    }

    private boolean isClosing() {
        signalLock.lock();
        try {
            return closing;
        } finally {
            signalLock.unlock();
        }
    }

    /// Leaves the processor to recovery and to the first writes: the library loads hundreds of
    /// classes when it is first used.
    ///
    /// @return false when the registry closes
    private boolean awaitStart() {
        signalLock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(START_DELAY_MILLIS);
            while (left > 0 && wanted == 0 && !closing) {
                left = signal.awaitNanos(left);
            }
            return !closing;
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            signalLock.unlock();
        }
    }

    /// @return false when the registry closes
    private boolean awaitWork() {
        signalLock.lock();
        try {
            while (!closing && wanted <= covered) {
                signal.await();
            }
            return !closing;
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            signalLock.unlock();
        }
    }

    private static IllegalStateException interrupted(InterruptedException cause) {
        return new IllegalStateException("BUG: the thread was interrupted", cause);
    }

    private void giveUp() {
        lock.writeLock().lock();
        try {
            dictionary = null;
            ready = false;
        } finally {
            lock.writeLock().unlock();
        }
    }
}
