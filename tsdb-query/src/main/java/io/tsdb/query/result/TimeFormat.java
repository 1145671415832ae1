package io.tsdb.query.result;

import java.time.LocalDate;
import java.util.Optional;

/// How times are written: as RFC 3339 text in UTC, or as a number since the epoch.
public enum TimeFormat {
    RFC3339(1),
    NANOSECONDS(1),
    MICROSECONDS(1_000),
    MILLISECONDS(1_000_000),
    SECONDS(1_000_000_000);

    private static final long SECOND = 1_000_000_000L;
    private static final long DAY_SECONDS = 86_400;

    private final long unitNanos;

    TimeFormat(long unitNanos) {
        this.unitNanos = unitNanos;
    }

    /// The format of `epoch=ns|us|ms|s`; empty for another word.
    public static Optional<TimeFormat> ofEpoch(String unit) {
        return switch (unit) {
            case "ns" -> Optional.of(NANOSECONDS);
            case "us" -> Optional.of(MICROSECONDS);
            case "ms" -> Optional.of(MILLISECONDS);
            case "s" -> Optional.of(SECONDS);
            case "rfc3339" -> Optional.of(RFC3339);
            default -> Optional.empty();
        };
    }

    boolean isText() {
        return this == RFC3339;
    }

    /// Writes times one after the other; keeps the text of the last one, which the rows of a bucket
    /// share, and that of its day, which most rows share.
    static final class Writer {
        private final TimeFormat format;
        private final byte[] last = new byte[TextBuffer.VALUE_BYTES_MAX];
        private int lastLength;
        private long lastNanos;
        private long lastDay = Long.MIN_VALUE;
        private byte[] dayText = {};

        Writer(TimeFormat format) {
            this.format = format;
        }

        /// Appends a time without quotes; room for [TextBuffer#VALUE_BYTES_MAX] bytes must be
        /// there.
        void put(TextBuffer out, long nanos) {
            if (lastLength > 0 && nanos == lastNanos) {
                out.put(last, lastLength);
                return;
            }
            int from = out.size();
            write(out, nanos);
            int length = out.size() - from;
            if (length <= last.length) {
                System.arraycopy(out.bytes(), from, last, 0, length);
                lastLength = length;
                lastNanos = nanos;
            } else {
                lastLength = 0;
            }
        }

        private void write(TextBuffer out, long nanos) {
            if (!format.isText()) {
                out.putLong(Math.floorDiv(nanos, format.unitNanos));
                return;
            }
            long second = Math.floorDiv(nanos, SECOND);
            int fraction = (int) (nanos - second * SECOND);
            long day = Math.floorDiv(second, DAY_SECONDS);
            int ofDay = (int) (second - day * DAY_SECONDS);
            if (day != lastDay) {
                lastDay = day;
                dayText =
                        (LocalDate.ofEpochDay(day) + "T")
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            }
            out.append(dayText);
            out.reserve(TextBuffer.VALUE_BYTES_MAX);
            out.putTwo(ofDay / 3600);
            out.put(':');
            out.putTwo(ofDay / 60 % 60);
            out.put(':');
            out.putTwo(ofDay % 60);
            if (fraction != 0) {
                putFraction(out, fraction);
            }
            out.put('Z');
        }

        private static void putFraction(TextBuffer out, int fraction) {
            out.put('.');
            if (fraction % 1_000_000 == 0) {
                out.putPadded(fraction / 1_000_000, 3);
            } else if (fraction % 1_000 == 0) {
                out.putPadded(fraction / 1_000, 6);
            } else {
                out.putPadded(fraction, 9);
            }
        }
    }
}
