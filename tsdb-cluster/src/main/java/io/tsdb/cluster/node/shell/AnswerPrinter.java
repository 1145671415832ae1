package io.tsdb.cluster.node.shell;

import io.tsdb.cluster.node.client.SqlAnswer;
import io.tsdb.cluster.node.client.TextTable;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/// Prints answers in the format that was asked for.
final class AnswerPrinter {
    /// How answers look.
    enum Format {
        TABLE,
        CSV
    }

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

    void print(SqlAnswer answer, long roundTripNanos) {
        switch (format) {
            case TABLE -> out.print(TextTable.of(answer));
            case CSV -> printCsv(answer);
        }
        if (timing) {
            out.printf(
                    Locale.ROOT,
                    "time: %.1f ms in the node, %.1f ms in all%n",
                    answer.elapsedMillis(),
                    roundTripNanos / 1e6);
        }
        out.flush();
    }

    private void printCsv(SqlAnswer answer) {
        if (header) {
            printRow(answer.columns().stream().map(SqlAnswer.Column::name).toList());
        }
        answer.rows().forEach(this::printRow);
    }

    private void printRow(List<String> cells) {
        out.println(String.join(",", cells.stream().map(AnswerPrinter::cell).toList()));
    }

    private static String cell(String text) {
        boolean plain = text.indexOf(',') < 0 && text.indexOf('"') < 0 && text.indexOf('\n') < 0;
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
