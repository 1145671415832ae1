package io.tsdb.storage.part;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;

/// Identity of a part within its shard, and by it the place of its files:
/// `parts/<database>/<measurement>/date=YYYY-MM-DD/NNNN.parquet`, and `.index` beside it.
///
/// Names become directories as they are where that is safe; every other byte becomes `%XX`, and a
/// name that is too long for one directory goes on in the next, behind a `+`. Different names never
/// share a directory, and a directory says its name.
///
/// @param sequence unique within the shard, and never given again; says nothing about whose rows
///   win ([PartOrigin] does)
public record PartId(String database, String measurement, LocalDate date, long sequence) {
    static final String PARQUET = ".parquet";
    static final String INDEX = ".index";
    static final String PARTITION = "date=";

    private static final int DIRECTORY_NAME_MAX = 200;

    public PartId {
        if (database.isEmpty() || measurement.isEmpty() || sequence < 0) {
            throw new IllegalArgumentException(
                    "a part needs names and a number: database='%s', measurement='%s', sequence=%d"
                            .formatted(database, measurement, sequence));
        }
    }

    /// Directory of the partition, in the shard's directory.
    public Path directory(Path shardDirectory) {
        return parts(shardDirectory)
                .resolve(escape(database))
                .resolve(escape(measurement))
                .resolve(PARTITION + date);
    }

    public Path parquetFile(Path shardDirectory) {
        return directory(shardDirectory).resolve(fileName() + PARQUET);
    }

    public Path indexFile(Path shardDirectory) {
        return directory(shardDirectory).resolve(fileName() + INDEX);
    }

    /// Directory of all parts of a shard.
    static Path parts(Path shardDirectory) {
        return shardDirectory.resolve("parts");
    }

    private String fileName() {
        return String.format(Locale.ROOT, "%04d", sequence);
    }

    /// Nanoseconds since the epoch at which the partition's first day begins; that of the earliest
    /// time there is begins before it.
    ///
    /// @throws ArithmeticException when the day lies behind the last time there is
    long dayStartNanos() {
        long day = date.toEpochDay();
        return day < Long.MIN_VALUE / PartWriter.DAY_NANOS
                ? Long.MIN_VALUE
                : Math.multiplyExact(day, PartWriter.DAY_NANOS);
    }

    static String escape(String name) {
        var escaped = new StringBuilder();
        int inDirectory = 0;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            if (inDirectory >= DIRECTORY_NAME_MAX) {
                escaped.append("+/");
                inDirectory = 0;
            }
            if (isSafe(b) && (b != '.' || inDirectory > 0)) {
                escaped.append((char) b);
                inDirectory++;
            } else {
                escaped.append(String.format(Locale.ROOT, "%%%02X", b & 0xFF));
                inDirectory += 3;
            }
        }
        return escaped.toString();
    }

    static String unescape(String path) {
        var bytes = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(path, i + 1, i + 3, 16));
                i += 2;
            } else if (c != '+' && c != '/') {
                bytes.write(c);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static boolean isSafe(byte b) {
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || (b >= '0' && b <= '9')
                || b == '_'
                || b == '-'
                || b == '.';
    }

    @Override
    public String toString() {
        return database + "/" + measurement + "/" + date + "/" + fileName();
    }
}
