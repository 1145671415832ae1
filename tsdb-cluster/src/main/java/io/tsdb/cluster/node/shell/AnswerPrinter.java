package io.tsdb.cluster.node.shell;

import io.tsdb.cluster.node.client.SqlAnswer;
import io.tsdb.cluster.node.client.TextTable;

import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Locale;

/// Prints answers in the format that was asked for.
final class AnswerPrinter {
    /// How answers look.
    enum Format {
        TABLE,
        CSV
    }

    private static final int PIECE_BYTES = 64 << 10;

    private final PrintStream out;
    private Format format;
    private boolean timing;
    private final boolean header;

    AnswerPrinter(PrintStream out, Format format, boolean timing, boolean header) {
        this.out = out;
        this.format = format;
        this.timing = timing;
        this.header = header;
    }

    void format(Format other) {
        format = other;
    }

    boolean toggleTiming() {
        timing = !timing;
        return timing;
    }

    boolean isCsv() {
        return format == Format.CSV;
    }

    /// Where a node's CSV goes; to be closed after each answer.
    OutputStream csv() {
        return new BufferedOutputStream(new CsvLines(out, !header), PIECE_BYTES);
    }

    void print(SqlAnswer answer, long roundTripNanos) {
        out.print(TextTable.of(answer));
        if (timing) {
            out.printf(
                    Locale.ROOT,
                    "time: %.1f ms in the node, %.1f ms in all%n",
                    answer.elapsedMillis(),
                    roundTripNanos / 1e6);
        }
        out.flush();
    }

    void printTime(long roundTripNanos) {
        if (timing) {
            out.printf(Locale.ROOT, "time: %.1f ms in all%n", roundTripNanos / 1e6);
        }
        out.flush();
    }
}
