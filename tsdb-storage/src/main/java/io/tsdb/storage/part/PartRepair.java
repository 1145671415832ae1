package io.tsdb.storage.part;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.file.Path;

/// Makes the index of a part whose own is damaged or missing.
public final class PartRepair {
    private PartRepair() {}

    /// Makes the index anew from the Parquet file, when that one is what was written.
    ///
    /// @param summary what the manifest says of the part
    /// @throws CorruptDataException when the Parquet file is damaged too; its index is left as it
    ///   is
    public static void rebuildIndex(FileStore io, Path shardDirectory, PartSummary summary)
            throws IOException {
        PartCheck.checkParquet(io, shardDirectory, summary);
        PartSummary rebuilt = PartIndexRebuild.rebuild(io, shardDirectory, summary.id());
        if (!rebuilt.equals(summary)) {
            throw corrupt(
                    shardDirectory,
                    summary,
                    "not the part that the manifest names: %s, not %s".formatted(rebuilt, summary));
        }
    }

    /// Makes the index of a part that came from another replica, and has a number of its own here.
    ///
    /// @param part what the other replica says of it, under its number here
    /// @return what the manifest is to keep of it
    /// @throws CorruptDataException when the Parquet file is another one
    static PartSummary makeIndex(FileStore io, Path shardDirectory, PartSummary part)
            throws IOException {
        PartSummary made = PartIndexRebuild.rebuild(io, shardDirectory, part.id());
        if (!made.content().equals(part.content())) {
            throw corrupt(
                    shardDirectory,
                    part,
                    "not the part that was asked for: %s, not %s".formatted(made, part));
        }
        return made;
    }

    private static CorruptDataException corrupt(
            Path shardDirectory, PartSummary part, String what) {
        return new CorruptDataException(part.id().parquetFile(shardDirectory).toString(), 0, what);
    }
}
