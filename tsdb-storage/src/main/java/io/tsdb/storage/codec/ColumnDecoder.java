package io.tsdb.storage.codec;

import io.tsdb.storage.codec.constant.ConstantDecoder;
import io.tsdb.storage.codec.decimal.DecimalDecoder;
import io.tsdb.storage.codec.delta.DeltaDecoder;
import io.tsdb.storage.codec.dictionary.DictionaryDecoder;
import io.tsdb.storage.codec.frame.FrameDecoder;
import io.tsdb.storage.codec.pack.ByteSource;
import io.tsdb.storage.codec.raw.RawDecoder;
import io.tsdb.storage.codec.runlength.RunLengthDecoder;
import io.tsdb.storage.codec.split.SplitDecoder;
import io.tsdb.storage.codec.timestamp.TimestampDecoder;
import io.tsdb.storage.codec.xor.XorDecoder;
import io.tsdb.storage.model.CorruptDataException;

/// Reads columns that a [ColumnEncoder] wrote. Stateless, any thread.
///
/// Every method takes the whole column, `source[from, to)`, and writes `count` values to the front
/// of the target; its tail is left as it was.
public final class ColumnDecoder {
    private ColumnDecoder() {}

    /// @param target receives nanoseconds
    /// @throws CorruptDataException when the bytes are no such column; the target is then undefined
    public static void decodeTimes(byte[] bytes, int from, int to, int count, long[] target) {
        ByteSource source = new ByteSource(bytes, from, to);
        EncodingId id = EncodingId.read(source);
        switch (id) {
            case TIMESTAMP -> TimestampDecoder.decode(source, count, target);
            case CONSTANT -> ConstantDecoder.decode(source, count, target);
            case RAW -> RawDecoder.decode(source, count, target);
            case RUN_LENGTH, FRAME, DELTA, DECIMAL, XOR, SPLIT, DICTIONARY ->
                    throw misplaced(source, id, "times");
        }
        source.expectEnd();
    }

    /// @throws CorruptDataException when the bytes are no such column; the target is then undefined
    public static void decodeLongs(byte[] bytes, int from, int to, int count, long[] target) {
        ByteSource source = new ByteSource(bytes, from, to);
        decodeLongs(source, count, target);
        source.expectEnd();
    }

    private static void decodeLongs(ByteSource source, int count, long[] target) {
        EncodingId id = EncodingId.read(source);
        switch (id) {
            case CONSTANT -> ConstantDecoder.decode(source, count, target);
            case RUN_LENGTH -> RunLengthDecoder.decode(source, count, target);
            case FRAME -> FrameDecoder.decode(source, count, target);
            case DELTA -> DeltaDecoder.decode(source, count, target);
            case RAW -> RawDecoder.decode(source, count, target);
            case TIMESTAMP, DECIMAL, XOR, SPLIT, DICTIONARY ->
                    throw misplaced(source, id, "integers");
        }
    }

    /// @throws CorruptDataException when the bytes are no such column; the target is then undefined
    public static void decodeDoubles(byte[] bytes, int from, int to, int count, double[] target) {
        ByteSource source = new ByteSource(bytes, from, to);
        EncodingId id = EncodingId.read(source);
        switch (id) {
            case DECIMAL -> decodeDecimals(source, count, target);
            case CONSTANT -> ConstantDecoder.decodeBits(source, count, target);
            case RUN_LENGTH -> RunLengthDecoder.decodeBits(source, count, target);
            case XOR -> XorDecoder.decodeBits(source, count, target);
            case SPLIT -> SplitDecoder.decodeBits(source, count, target);
            case RAW -> RawDecoder.decodeBits(source, count, target);
            case FRAME, DELTA, TIMESTAMP, DICTIONARY -> throw misplaced(source, id, "doubles");
        }
        source.expectEnd();
    }

    private static void decodeDecimals(ByteSource source, int count, double[] target) {
        DecimalDecoder decimal = new DecimalDecoder(source);
        double divisor = decimal.divisor();
        EncodingId id = EncodingId.read(source);
        switch (id) {
            case CONSTANT -> ConstantDecoder.decodeDecimals(source, count, divisor, target);
            case RUN_LENGTH -> RunLengthDecoder.decodeDecimals(source, count, divisor, target);
            case FRAME -> FrameDecoder.decodeDecimals(source, count, divisor, target);
            case DELTA -> DeltaDecoder.decodeDecimals(source, count, divisor, target);
            case RAW -> RawDecoder.decodeDecimals(source, count, divisor, target);
            case TIMESTAMP, DECIMAL, XOR, SPLIT, DICTIONARY ->
                    throw misplaced(source, id, "scaled doubles");
        }
        decimal.putExceptions(target, count);
    }

    /// @param target receives the IEEE bits of doubles
    /// @throws CorruptDataException when the bytes are no such column; the target is then undefined
    public static void decodeDoubleBits(byte[] bytes, int from, int to, int count, long[] target) {
        ByteSource source = new ByteSource(bytes, from, to);
        EncodingId id = EncodingId.read(source);
        switch (id) {
            case DECIMAL -> {
                DecimalDecoder decimal = new DecimalDecoder(source);
                decodeLongs(source, count, target);
                decimal.finishBits(target, count);
            }
            case CONSTANT -> ConstantDecoder.decode(source, count, target);
            case RUN_LENGTH -> RunLengthDecoder.decode(source, count, target);
            case XOR -> XorDecoder.decode(source, count, target);
            case SPLIT -> SplitDecoder.decode(source, count, target);
            case RAW -> RawDecoder.decode(source, count, target);
            case FRAME, DELTA, TIMESTAMP, DICTIONARY -> throw misplaced(source, id, "doubles");
        }
        source.expectEnd();
    }

    /// @param target receives ids of strings, each in `[0, decodeDictionary().length)`
    /// @throws CorruptDataException when the bytes are no such column; the target is then undefined
    public static void decodeStringIds(byte[] bytes, int from, int to, int count, int[] target) {
        ByteSource source = new ByteSource(bytes, from, to);
        expectDictionary(source);
        int size = DictionaryDecoder.skip(source, count);
        long[] ids = new long[count];
        decodeLongs(source, count, ids);
        source.expectEnd();
        for (int i = 0; i < count; i++) {
            if (ids[i] < 0 || ids[i] >= size) {
                throw source.corrupt("string " + ids[i] + " of " + size);
            }
            target[i] = (int) ids[i];
        }
    }

    /// @return distinct strings of the column as UTF-8, by id
    /// @throws CorruptDataException when the bytes are no such column
    public static byte[][] decodeDictionary(byte[] bytes, int from, int to, int count) {
        ByteSource source = new ByteSource(bytes, from, to);
        expectDictionary(source);
        return DictionaryDecoder.decode(source, count);
    }

    private static void expectDictionary(ByteSource source) {
        EncodingId id = EncodingId.read(source);
        if (id != EncodingId.DICTIONARY) {
            throw misplaced(source, id, "strings");
        }
    }

    private static CorruptDataException misplaced(ByteSource source, EncodingId id, String column) {
        return source.corrupt("encoding " + id + " in a column of " + column);
    }
}
