package io.tsdb.ingest.protocol.line;

import io.tsdb.ingest.batch.BatchBuilder;
import io.tsdb.ingest.batch.CacheBudget;
import io.tsdb.ingest.batch.FieldSlot;
import io.tsdb.ingest.batch.MeasurementLayout;
import io.tsdb.ingest.batch.RequestBatches;
import io.tsdb.ingest.batch.SeriesCache;
import io.tsdb.ingest.batch.ShardRows;
import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.storage.model.FieldColumn;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementRows;
import io.tsdb.storage.model.Uint64;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Takes the lines that most clients send, straight from the buffer into rows: a series that this
/// request or the shard knows, fields that the measurement has, values without escapes.
///
/// Every other line is declined and leaves no trace; the careful path then decides about it. So
/// this class refuses nothing, and what it takes is what the careful path would take
/// (`LineDecoderFuzzTest`).
///
/// Works by guess and proof: which series follows, which field follows; a guess is proved by
/// comparing the raw bytes. Measured by `LineDecoderBenchmark`. One thread.
final class FastLineParser {
    private static final int DECLINED = -1;

    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long EACH_BYTE = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long QUOTES = EACH_BYTE * '"';
    private static final long BACKSLASHES = EACH_BYTE * '\\';
    private static final long NEWLINES = EACH_BYTE * '\n';

    private static final long ZEROS = EACH_BYTE * '0';
    private static final int[] POWERS_OF_TEN = {
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000
    };

    /// What may be read of a number with two words behind its point, and the byte behind it.
    private static final int DECIMAL_BYTES_MAX = 4 * Long.BYTES + 2;

    /// Digits that cannot overflow a long.
    private static final int DIGITS_SAFE = 18;

    private final NumberParser numbers = new NumberParser();

    private SeriesCache cache = new SeriesCache(1, CacheBudget.unlimited());
    private @Nullable RequestBatches batches;
    private int generation;
    private Precision precision = Precision.NS;
    private long serverTime;
    private int lineBytesMax;
    private int fieldsMax;

    private int lines;
    private int seriesEnd;

    /// Says what the next lines are for and where they go.
    void prepare(BatchBuilder builder, Precision unit, long newServerTime, DecodeLimits limits) {
        cache = builder.series();
        batches = builder.current();
        generation = builder.current().generation();
        precision = unit;
        serverTime = newServerTime;
        lineBytesMax = limits.lineBytesMax();
        fieldsMax = limits.fieldsMax();
    }

    /// Takes whole lines from the start of the range, up to the first that it declines.
    ///
    /// @return where that line starts, or `to`
    int parse(byte[] source, int from, int to) {
        RequestBatches target = batches;
        int taken = 0;
        int at = from;
        if (target != null) {
            while (at < to) {
                int next = line(target, source, at, to);
                if (next == DECLINED) {
                    break;
                }
                at = next;
                taken++;
            }
        }
        lines = taken;
        return at;
    }

    /// Lines that the latest [#parse] took.
    int lines() {
        return lines;
    }

    private int line(RequestBatches target, byte[] source, int from, int to) {
        int entry = cache.predicted();
        boolean predicted = entry != SeriesCache.NONE && isSeries(entry, source, from, to);
        if (!predicted) {
            entry = findSeries(source, from, to);
        }
        if (entry == SeriesCache.NONE || !cache.isUsable(entry, generation)) {
            return DECLINED;
        }
        ShardRows shardRows = target.target(cache.target(entry));
        if (shardRows == null) {
            return DECLINED;
        }
        MeasurementRows rows = shardRows.rows();
        int row = rows.addRow(cache.reference(entry), serverTime);
        int end = fields(source, seriesEnd + 1, to, shardRows, row);
        if (end == DECLINED || end - from - 1 > lineBytesMax) {
            rows.dropLastRow();
            return DECLINED;
        }
        if (predicted) {
            cache.followPredicted(entry);
        } else {
            cache.follow(entry);
        }
        return end;
    }

    private boolean isSeries(int entry, byte[] source, int from, int to) {
        int end = from + cache.length(entry);
        seriesEnd = end;
        return end < to && source[end] == ' ' && cache.matches(entry, source, from);
    }

    /// Finds the space behind the series, hashing on the way, then the series in the cache.
    private int findSeries(byte[] source, int from, int to) {
        long hash = SeriesCache.startHash();
        int at = from;
        while (at <= to - Long.BYTES) {
            long word = (long) LONG_LE.get(source, at);
            // The lowest byte at or below a space; higher marks may be wrong, the lowest is not.
            long low = word - EACH_BYTE * (' ' + 1) & ~word & HIGH_BITS;
            if (low == 0) {
                hash = SeriesCache.foldHash(hash, word);
                at += Long.BYTES;
                continue;
            }
            int inWord = Long.numberOfTrailingZeros(low) >>> 3;
            int end = at + inWord;
            if (source[end] != ' ' || end == from || source[end - 1] == '\\') {
                return SeriesCache.NONE;
            }
            if (inWord > 0) {
                hash = SeriesCache.foldHash(hash, word & -1L >>> Long.SIZE - 8 * inWord);
            }
            seriesEnd = end;
            return cache.find(source, from, end, hash);
        }
        return SeriesCache.NONE;
    }

    /// Reads from the first field to the end of the line.
    ///
    /// @return behind the newline, or DECLINED
    private int fields(byte[] source, int from, int to, ShardRows target, int row) {
        MeasurementLayout layout = target.layout();
        FieldSlot previous = null;
        FieldSlot slot = layout.first();
        int at = from;
        for (int count = 0; count < fieldsMax && at <= to - Long.BYTES; count++) {
            if (slot == null || !slot.matches(source, at, to)) {
                slot = findField(layout, source, at, to);
                if (slot == null) {
                    return DECLINED;
                }
                if (previous == null) {
                    layout.startWith(slot);
                } else {
                    previous.follow(slot);
                }
            }
            at = value(source, at + slot.length(), to, slot, target.column(slot), row);
            if (at == DECLINED) {
                return DECLINED;
            }
            byte separator = source[at];
            if (separator == ',') {
                previous = slot;
                slot = slot.next();
                at++;
            } else if (separator == ' ') {
                return timestamp(source, at + 1, to, target.rows().times(), row);
            } else {
                return lineEnd(source, at, to);
            }
        }
        return DECLINED;
    }

    /// Finds the field that is spelled here.
    private static @Nullable FieldSlot findField(
            MeasurementLayout layout, byte[] source, int from, int to) {
        for (int at = from; at < to; at++) {
            byte c = source[at];
            if (c == '=' && at > from && source[at - 1] != '\\') {
                return layout.find(source, from, at + 1);
            }
            if (c >= 0 && c < ' ') {
                return null;
            }
        }
        return null;
    }

    /// Reads a value into its column.
    ///
    /// @return behind the value, with a byte to read there, or DECLINED
    private int value(
            byte[] source, int from, int to, FieldSlot slot, FieldColumn column, int row) {
        if (from >= to) {
            return DECLINED;
        }
        // Tests in the order of how often they are needed; a switch would look the type up twice.
        FieldType type = slot.type();
        if (type == FieldType.INT64) {
            return integer(source, from, to, column, row);
        }
        return type == FieldType.FLOAT64
                ? decimal(source, from, to, column, row)
                : rarer(type, source, from, to, column, row);
    }

    /// Reads a value of the other types. Apart from [#value], which together with its column's
    /// `put` must stay small enough for the compiler to keep in one piece with the loop over
    /// fields.
    private static int rarer(
            FieldType type, byte[] source, int from, int to, FieldColumn column, int row) {
        if (type == FieldType.UINT64) {
            return unsigned(source, from, to, column, row);
        }
        return type == FieldType.BOOL
                ? bool(source, from, to, column, row)
                : string(source, from, to, column, row);
    }

    /// Reads up to 7 digits at once, so that the number of digits is no branch to guess wrong.
    private static int integer(byte[] source, int from, int to, FieldColumn column, int row) {
        boolean negative = source[from] == '-';
        int start = negative ? from + 1 : from;
        if (start > to - Long.BYTES) {
            return DECLINED;
        }
        long digits = (long) LONG_LE.get(source, start) ^ ZEROS;
        int count = leadingDigits(digits);
        if (count == 0 || count == Long.BYTES) {
            return count == 0 ? DECLINED : longInteger(source, start, to, negative, column, row);
        }
        int end = start + count;
        if (source[end] != 'i' || end + 1 >= to) {
            return DECLINED;
        }
        long value = upToSevenDigits(digits, count);
        column.put(row, negative ? -value : value);
        return end + 1;
    }

    private static int longInteger(
            byte[] source, int start, int to, boolean negative, FieldColumn column, int row) {
        int end = digitsEnd(source, start, to);
        if (end - start > DIGITS_SAFE || end + 1 >= to || source[end] != 'i') {
            return DECLINED;
        }
        long value = digits(source, start, end);
        column.put(row, negative ? -value : value);
        return end + 1;
    }

    private static int unsigned(byte[] source, int start, int to, FieldColumn column, int row) {
        int end = digitsEnd(source, start, to);
        if (end == start || end - start > DIGITS_SAFE || end + 1 >= to || source[end] != 'u') {
            return DECLINED;
        }
        column.put(row, Uint64.ZERO + digits(source, start, end));
        return end + 1;
    }

    private static int digitsEnd(byte[] source, int from, int to) {
        int at = from;
        while (at < to && source[at] >= '0' && source[at] <= '9') {
            at++;
        }
        return at;
    }

    /// The number that so many digits write; no more of them than [#DIGITS_SAFE].
    private static long digits(byte[] source, int from, int end) {
        long value = 0;
        for (int at = from; at < end; at++) {
            value = value * 10 + (source[at] - '0');
        }
        return value;
    }

    /// Reads up to 7 digits before the point at once, and up to 8 at a time behind it.
    private int decimal(byte[] source, int from, int to, FieldColumn column, int row) {
        boolean negative = source[from] == '-';
        int start = negative ? from + 1 : from;
        if (start > to - DECIMAL_BYTES_MAX) {
            return anyDecimal(source, from, to, column, row);
        }
        long digits = (long) LONG_LE.get(source, start) ^ ZEROS;
        int count = leadingDigits(digits);
        if (count == 0 || count == Long.BYTES) {
            return anyDecimal(source, from, to, column, row);
        }
        long mantissa = upToSevenDigits(digits, count);
        int end = start + count;
        int decimals = 0;
        if (source[end] == '.') {
            int fraction = end + 1;
            end = fraction;
            digits = (long) LONG_LE.get(source, end) ^ ZEROS;
            count = leadingDigits(digits);
            while (count == Long.BYTES && end - start <= DIGITS_SAFE + 1 - Long.BYTES) {
                mantissa = mantissa * 100_000_000 + eightDigits(digits);
                end += Long.BYTES;
                digits = (long) LONG_LE.get(source, end) ^ ZEROS;
                count = leadingDigits(digits);
            }
            if (count == Long.BYTES || end + count - start > DIGITS_SAFE + 1) {
                return anyDecimal(source, from, to, column, row);
            }
            if (count > 0) {
                mantissa = mantissa * POWERS_OF_TEN[count] + upToSevenDigits(digits, count);
                end += count;
            }
            decimals = end - fraction;
        }
        double value = DecimalToDouble.of(mantissa, decimals);
        if (!isSeparator(source[end]) || Double.isNaN(value)) {
            return anyDecimal(source, from, to, column, row);
        }
        while (decimals > 0 && mantissa % 10 == 0) {
            mantissa /= 10;
            decimals--;
        }
        column.putDouble(row, Double.doubleToRawLongBits(negative ? -value : value), decimals);
        return end;
    }

    /// Any other number.
    private int anyDecimal(byte[] source, int from, int to, FieldColumn column, int row) {
        int end = valueEnd(source, from, to);
        if (end == DECLINED || numbers.parseDouble(source, from, end) != NumberParser.Outcome.OK) {
            return DECLINED;
        }
        long bits = Double.doubleToRawLongBits(numbers.doubleValue());
        column.putDouble(row, bits, numbers.decimals());
        return end;
    }

    private static int bool(byte[] source, int from, int to, FieldColumn column, int row) {
        int end = valueEnd(source, from, to);
        if (end == DECLINED) {
            return DECLINED;
        }
        int value = BoolText.parse(source, from, end);
        if (value == BoolText.NOT_A_BOOL) {
            return DECLINED;
        }
        column.put(row, value);
        return end;
    }

    private static int valueEnd(byte[] source, int from, int to) {
        for (int at = from; at < to; at++) {
            if (isSeparator(source[at])) {
                return at;
            }
        }
        return DECLINED;
    }

    private static boolean isSeparator(byte c) {
        return c == ',' || c == ' ' || c == '\n' || c == '\r';
    }

    private static int string(byte[] source, int from, int to, FieldColumn column, int row) {
        if (source[from] != '"') {
            return DECLINED;
        }
        int start = from + 1;
        int at = start;
        long seen = 0;
        while (at <= to - Long.BYTES) {
            long word = (long) LONG_LE.get(source, at);
            long special =
                    marks(word ^ QUOTES) | marks(word ^ BACKSLASHES) | marks(word ^ NEWLINES);
            if (special == 0) {
                seen |= word;
                at += Long.BYTES;
                continue;
            }
            int inWord = Long.numberOfTrailingZeros(special) >>> 3;
            int end = at + inWord;
            if (source[end] != '"' || end + 1 >= to) {
                return DECLINED;
            }
            seen |= word & (1L << 8 * inWord) - 1;
            if ((seen & HIGH_BITS) != 0 && !Utf8.isValid(source, start, end)) {
                return DECLINED;
            }
            column.putString(row, source, start, end - start);
            return isSeparator(source[end + 1]) ? end + 1 : DECLINED;
        }
        return DECLINED;
    }

    /// Marks zero bytes; marks above the lowest one may be wrong.
    private static long marks(long word) {
        return word - EACH_BYTE & ~word & HIGH_BITS;
    }

    /// @return behind the newline, or DECLINED
    private int timestamp(byte[] source, int from, int to, long[] times, int row) {
        int at = from;
        long value = 0;
        while (at <= to - Long.BYTES) {
            long digits = (long) LONG_LE.get(source, at) ^ ZEROS;
            if (!areDigits(digits)) {
                break;
            }
            value = value * 100_000_000 + eightDigits(digits);
            at += Long.BYTES;
        }
        while (at < to) {
            int digit = source[at] - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            value = value * 10 + digit;
            at++;
        }
        int digits = at - from;
        // 19 digits pass the largest long by less than a factor of two, so they show as negative.
        if (digits == 0 || digits > DIGITS_SAFE + 1 || value < 0 || at == to) {
            return DECLINED;
        }
        long nanos = precision.toNanos(value);
        if (nanos == Precision.OUT_OF_RANGE) {
            return DECLINED;
        }
        times[row] = nanos;
        return lineEnd(source, at, to);
    }

    /// How many digits stand in front, of bytes with `'0'` taken off by exclusive or.
    private static int leadingDigits(long digits) {
        return Long.numberOfTrailingZeros((digits + EACH_BYTE * 0x76 | digits) & HIGH_BITS) >>> 3;
    }

    /// @param count 1 to 7
    private static long upToSevenDigits(long digits, int count) {
        // Shifted up, so that zeros stand in front and what follows the digits is gone.
        return eightDigits(digits << Long.SIZE - Byte.SIZE * count);
    }

    /// Whether each byte, with `'0'` taken off by exclusive or, is at most 9.
    private static boolean areDigits(long digits) {
        return ((digits + EACH_BYTE * 0x76 | digits) & HIGH_BITS) == 0;
    }

    /// Eight digits, one a byte, first one lowest, as a number.
    private static long eightDigits(long digits) {
        long pairs = digits * 10 + (digits >>> 8);
        long mask = 0x000000FF000000FFL;
        return (pairs & mask) * 0x000F424000000064L + (pairs >>> 16 & mask) * 0x0000271000000001L
                >>> 32;
    }

    private static int lineEnd(byte[] source, int at, int to) {
        if (source[at] == '\n') {
            return at + 1;
        }
        return source[at] == '\r' && at + 1 < to && source[at + 1] == '\n' ? at + 2 : DECLINED;
    }
}
