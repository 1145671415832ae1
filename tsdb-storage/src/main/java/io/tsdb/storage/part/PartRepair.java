package io.tsdb.storage.part;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.nio.file.Path;

/// Mends a part whose index is damaged or missing.
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
            throw new CorruptDataException(
                    summary.id().parquetFile(shardDirectory).toString(),
                    0,
                    "not the part that the manifest names: %s, not %s".formatted(rebuilt, summary));
        }
    }
}
