package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.part.PartCheck;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartIndexRebuild;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.series.SeriesCheck;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Makes the manifest of a shard anew from the parts in its directory, which say of themselves what
/// entries of the log they hold.
///
/// What a compaction has replaced may still lie there, and is left out: a part whose entries
/// another part of the measurement holds too, at the same times. Deletes that the log has forgotten
/// and no compaction has carried out are lost: their rows are back.
final class ManifestRebuild {
    private ManifestRebuild() {}

    /// @param base entries of the shard's log up to this one are not in its segments any more; null
    ///   when there is no log
    /// @param damaged told of each part that cannot be read
    static Manifest run(
            FileStore io,
            Path shardDirectory,
            @Nullable Long base,
            Consumer<CorruptDataException> damaged)
            throws IOException {
        var found = new ArrayList<PartSummary>();
        for (Path file : PartCheck.list(io, shardDirectory)) {
            Optional<PartId> id = PartCheck.partOf(file);
            if (id.isPresent()) {
                try {
                    found.add(PartIndexRebuild.rebuild(io, shardDirectory, id.get()));
                } catch (CorruptDataException e) {
                    damaged.accept(e);
                }
            }
        }
        List<PartSummary> kept =
                found.stream()
                        .filter(part -> found.stream().noneMatch(other -> replaces(other, part)))
                        .toList();
        long newest = kept.stream().mapToLong(part -> part.origin().lastIndex()).max().orElse(0);
        long logIndex = base == null ? Math.max(0, newest) : base;
        var apart = new HashMap<MeasurementId, Long>();
        for (PartSummary part : kept) {
            if (part.origin().lastIndex() > logIndex) {
                apart.merge(part.id().measurement(), part.origin().lastIndex(), Math::max);
            }
        }
        long sequence =
                found.stream()
                        .mapToLong(part -> part.id().sequence())
                        .filter(PartNumbers::isCounted)
                        .max()
                        .orElse(0);
        Path series = shardDirectory.resolve("series");
        return new Manifest(
                new LogPositions(logIndex, apart),
                SeriesCheck.run(io, series, Long.MAX_VALUE),
                sequence + 1,
                kept,
                List.of(),
                Manifest.guessed(logIndex, kept));
    }

    private static boolean replaces(PartSummary other, PartSummary part) {
        boolean holds =
                other.origin().firstIndex() <= part.origin().firstIndex()
                        && other.origin().lastIndex() >= part.origin().lastIndex();
        boolean isSame =
                other.origin().firstIndex() == part.origin().firstIndex()
                        && other.origin().lastIndex() == part.origin().lastIndex();
        return other.id().measurement().equals(part.id().measurement())
                && other.overlaps(part.minTime(), part.maxTime())
                && holds
                && (!isSame || other.id().sequence() > part.id().sequence());
    }
}
