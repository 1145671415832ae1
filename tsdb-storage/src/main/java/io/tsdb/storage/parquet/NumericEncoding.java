package io.tsdb.storage.parquet;

import io.tsdb.storage.model.FieldType;

import org.apache.parquet.format.Encoding;

import java.util.List;

/// Ways to write values that fit 64 bits. All are lossless; which is smallest is measured for each
/// column of each row group.
enum NumericEncoding {
    DELTA_NARROW(Encoding.DELTA_BINARY_PACKED),
    DELTA_NIBBLES(Encoding.DELTA_BINARY_PACKED),
    DELTA_NIBBLES_APART(Encoding.DELTA_BINARY_PACKED),
    DELTA_BYTES(Encoding.DELTA_BINARY_PACKED),
    DICTIONARY(Encoding.RLE_DICTIONARY),
    PLAIN(Encoding.PLAIN),
    SPLIT(Encoding.BYTE_STREAM_SPLIT),
    BITS(Encoding.PLAIN);

    private final Encoding format;

    NumericEncoding(Encoding format) {
        this.format = format;
    }

    /// Parquet's name of it.
    Encoding format() {
        return format;
    }

    /// Encodings worth trying, the preferred one first.
    static List<NumericEncoding> of(FieldType type) {
        return switch (type) {
            case INT64, UINT64 ->
                    List.of(
                            DELTA_NIBBLES,
                            DELTA_NIBBLES_APART,
                            DELTA_NARROW,
                            DELTA_BYTES,
                            DICTIONARY);
            case FLOAT64 -> List.of(DICTIONARY, PLAIN, SPLIT);
            case BOOL -> List.of(BITS);
            case STRING -> throw new IllegalArgumentException("BUG: strings are not numbers");
        };
    }

    /// Encodings worth trying for times.
    static List<NumericEncoding> ofTimes() {
        return List.of(DELTA_NIBBLES, DELTA_NIBBLES_APART, DELTA_NARROW, DELTA_BYTES);
    }
}
