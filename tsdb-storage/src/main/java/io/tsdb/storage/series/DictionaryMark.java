package io.tsdb.storage.series;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.model.CorruptDataException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Says that a dictionary file was closed in order and which state of the series log it holds.
/// Bytes: `docs/format/series-log.md#clean-close-mark`. Deleted before the file is opened.
///
/// @param logMark of the series log
/// @param logCrc checksum of the log's last frame: the log is the same one
/// @param seriesCount series `[0, seriesCount)` are in the dictionary
/// @param capacity entries the file was made for
/// @param generation number in the file's name
record DictionaryMark(long logMark, int logCrc, int seriesCount, int capacity, int generation) {
    private static final Logger LOG = LoggerFactory.getLogger(DictionaryMark.class);
    private static final String MAGIC = "TSDB-DCT";
    private static final int VERSION = 1;
    private static final int LOG_CRC_OFFSET = 8;
    private static final int SERIES_COUNT_OFFSET = 12;
    private static final int CAPACITY_OFFSET = 16;
    private static final int GENERATION_OFFSET = 20;
    private static final int BYTES = 24;

    void write(FileStore io, Path file) throws IOException {
        byte[] body = new byte[BYTES];
        LittleEndian.putLong(body, 0, logMark);
        LittleEndian.putInt(body, LOG_CRC_OFFSET, logCrc);
        LittleEndian.putInt(body, SERIES_COUNT_OFFSET, seriesCount);
        LittleEndian.putInt(body, CAPACITY_OFFSET, capacity);
        LittleEndian.putInt(body, GENERATION_OFFSET, generation);
        FramedFile.write(io, file, MAGIC, VERSION, body);
    }

    /// The mark, empty when there is none worth trusting: the dictionary is then built anew.
    static Optional<DictionaryMark> read(FileStore io, Path file) throws IOException {
        if (!io.exists(file)) {
            return Optional.empty();
        }
        try {
            byte[] body = FramedFile.read(io, file, MAGIC, VERSION);
            if (body.length != BYTES) {
                throw new CorruptDataException(file.toString(), 0, "mark of " + body.length);
            }
            return Optional.of(
                    new DictionaryMark(
                            LittleEndian.getLong(body, 0),
                            LittleEndian.getInt(body, LOG_CRC_OFFSET),
                            LittleEndian.getInt(body, SERIES_COUNT_OFFSET),
                            LittleEndian.getInt(body, CAPACITY_OFFSET),
                            LittleEndian.getInt(body, GENERATION_OFFSET)));
        } catch (CorruptDataException e) {
            LOG.warn("{}: not usable, the dictionary is built anew: {}", file, e.getMessage());
            return Optional.empty();
        }
    }
}
