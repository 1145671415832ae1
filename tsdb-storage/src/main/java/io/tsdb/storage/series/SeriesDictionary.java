package io.tsdb.storage.series;

import io.tsdb.storage.io.LittleEndian;

import net.openhft.chronicle.core.shutdown.PriorityHook;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

import java.io.IOException;
import java.nio.file.Path;

/// A dictionary file: canonical key to series id, off the heap (Chronicle Map). Any thread.
///
/// Key: u64 packed number of database and measurement, then the canonical key. A file of a killed
/// process must not be opened: the locks it held are in the file.
final class SeriesDictionary implements AutoCloseable {
    private static final int MEASUREMENT_BYTES = Long.BYTES;
    private static final int ID_BYTES = 4;

    private final ChronicleMap<byte[], byte[]> map;
    private final int capacity;

    private SeriesDictionary(ChronicleMap<byte[], byte[]> map, int capacity) {
        this.map = map;
        this.capacity = capacity;
    }

    /// Has Chronicle's exit hook there before the rest of it is loaded, which takes up to a second:
    /// a process that is told to end meanwhile takes no hook any more, and the library then fails
    /// in a thread of its own, with a stack on standard error.
    ///
    /// @return false when the process ends: no dictionary can be opened any more
    static boolean prepare() {
        try {
            PriorityHook.add(0, () -> {});
            return true;
        } catch (IllegalStateException _) {
            return false;
        }
    }

    /// Opens a dictionary file, created when missing. The class that the library would compile at
    /// the first call of a process is compiled at the build (`build/CompileDictionaryState.java`).
    ///
    /// @param capacity entries it is made for; the same as at creation
    /// @param keyBytesAverage expected length of a key
    static SeriesDictionary open(Path file, int capacity, int keyBytesAverage) throws IOException {
        ChronicleMapBuilder<byte[], byte[]> builder =
                ChronicleMapBuilder.of(byte[].class, byte[].class)
                        .name("series")
                        .averageKeySize(MEASUREMENT_BYTES + keyBytesAverage)
                        .constantValueSizeBySample(new byte[ID_BYTES])
                        .entries(capacity)
                        .maxBloatFactor(4)
                        .putReturnsNull(true)
                        // its owner closes it in order, the library's exit hook would be first
                        .skipCloseOnExitHook(true);
        return new SeriesDictionary(builder.createPersistedTo(file.toFile()), capacity);
    }

    int capacity() {
        return capacity;
    }

    /// Number of keys, not of series: a key that came back after its database was dropped has one.
    long size() {
        return map.longSize();
    }

    /// Whether keys are longer than expected, so that it fills before its time.
    boolean isCrowded() {
        return map.remainingAutoResizes() < 2;
    }

    void put(long measurement, byte[] key, int id) {
        byte[] value = new byte[ID_BYTES];
        LittleEndian.putInt(value, 0, id);
        map.put(entryKey(measurement, key, 0, key.length), value);
    }

    /// @return id, or -1
    int get(long measurement, byte[] key, int from, int to) {
        byte[] value = map.get(entryKey(measurement, key, from, to));
        return value == null ? -1 : LittleEndian.getInt(value, 0);
    }

    private static byte[] entryKey(long measurement, byte[] key, int from, int to) {
        byte[] entryKey = new byte[MEASUREMENT_BYTES + to - from];
        LittleEndian.putLong(entryKey, 0, measurement);
        System.arraycopy(key, from, entryKey, MEASUREMENT_BYTES, to - from);
        return entryKey;
    }

    @Override
    public void close() {
        map.close();
    }
}
