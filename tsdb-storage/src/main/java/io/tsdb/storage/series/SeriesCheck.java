package io.tsdb.storage.series;

import io.tsdb.storage.io.FileStore;

import java.io.IOException;
import java.nio.file.Path;

/// Reads the series log of a shard; changes nothing. While nobody writes.
public final class SeriesCheck {
    private SeriesCheck() {}

    /// @param directory of the shard's series
    /// @param mark as [SeriesRegistry#open] takes it
    /// @return where the last whole frame up to the mark ends; 0 when there is no file and none is
    ///   needed
    /// @throws io.tsdb.storage.model.CorruptDataException when bytes before the mark are missing or
    ///   damaged
    public static long run(FileStore io, Path directory, long mark) throws IOException {
        return SeriesLog.verify(io, directory.resolve("series.log"), mark);
    }
}
