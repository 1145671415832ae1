package io.tsdb.storage.part;

import io.tsdb.storage.io.Checksum;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.MeasurementId;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The files of parts as such: whether their bytes are those that were written, and which lie in a
/// shard's directory.
public final class PartCheck {
    private PartCheck() {}

    /// @throws CorruptDataException when the index is missing or not what was written
    public static void checkIndex(FileStore io, Path shardDirectory, PartSummary summary)
            throws IOException {
        Path path = summary.id().indexFile(shardDirectory);
        MappedFile.sizeOf(io, path);
        byte[] bytes = io.readAll(path);
        check(
                path,
                bytes.length,
                summary.indexBytes(),
                Checksum.crc32c(bytes, 0, bytes.length),
                summary.indexCrc());
    }

    /// @throws CorruptDataException when the Parquet file is missing or not what was written
    public static void checkParquet(FileStore io, Path shardDirectory, PartSummary summary)
            throws IOException {
        Path path = summary.id().parquetFile(shardDirectory);
        try (MappedFile file = MappedFile.open(io, path, summary.parquetBytes())) {
            check(
                    path,
                    summary.parquetBytes(),
                    summary.parquetBytes(),
                    file.checksum(),
                    summary.parquetCrc());
        }
    }

    private static void check(Path path, long size, long sizeMeant, int crc, int crcMeant) {
        if (size != sizeMeant) {
            throw new CorruptDataException(
                    path.toString(),
                    Math.min(size, sizeMeant),
                    size + " bytes where " + sizeMeant + " belong");
        }
        if (crc != crcMeant) {
            throw new CorruptDataException(
                    path.toString(),
                    0,
                    "CRC mismatch of the whole file (stored %08x, computed %08x)"
                            .formatted(crcMeant, crc));
        }
    }

    /// Every file below the directory of a shard's parts.
    public static List<Path> list(FileStore io, Path shardDirectory) throws IOException {
        var files = new ArrayList<Path>();
        for (Path database : io.list(PartId.parts(shardDirectory))) {
            for (Path measurement : io.list(database)) {
                for (Path partition : io.list(measurement)) {
                    files.addAll(io.list(partition));
                }
            }
        }
        return files;
    }

    /// The part whose Parquet file has a name; empty when it is the name of none.
    public static Optional<PartId> partOf(Path file) {
        String name = name(file);
        if (!name.endsWith(PartId.PARQUET) || file.getNameCount() < 5) {
            return Optional.empty();
        }
        int names = file.getNameCount();
        String partition = name(file.getName(names - 2));
        try {
            var measurement =
                    new MeasurementId(
                            Integer.parseInt(name(file.getName(names - 4))),
                            Integer.parseInt(name(file.getName(names - 3))));
            return partition.startsWith(PartId.PARTITION)
                    ? Optional.of(
                            new PartId(
                                    measurement,
                                    LocalDate.parse(partition.substring(PartId.PARTITION.length())),
                                    Long.parseLong(
                                            name.substring(
                                                    0, name.length() - PartId.PARQUET.length()))))
                    : Optional.empty();
        } catch (IllegalArgumentException | DateTimeException _) {
            return Optional.empty();
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
