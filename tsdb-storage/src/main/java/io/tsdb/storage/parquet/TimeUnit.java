package io.tsdb.storage.parquet;

import io.tsdb.storage.model.CorruptDataException;

/// Unit of a file's `time` column: microseconds where that loses nothing, since more readers know
/// them, else nanoseconds.
public enum TimeUnit {
    MICROS(1, 1000),
    NANOS(2, 1);

    private final int id;
    private final int nanos;

    TimeUnit(int id, int nanos) {
        this.id = id;
        this.nanos = nanos;
    }

    /// Permanent number of the unit in the index file.
    public int id() {
        return id;
    }

    /// Nanoseconds in one of these.
    public int nanos() {
        return nanos;
    }

    /// @param source what the number was read from, to say where it is wrong
    public static TimeUnit ofId(int id, ByteSource source) throws CorruptDataException {
        return switch (id) {
            case 1 -> MICROS;
            case 2 -> NANOS;
            default -> throw source.corrupt("no time unit has the number " + id);
        };
    }
}
