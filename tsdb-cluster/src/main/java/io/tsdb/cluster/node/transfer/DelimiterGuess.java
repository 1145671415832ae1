package io.tsdb.cluster.node.transfer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;

/// Which character stands between the cells of a CSV file: the one that makes most columns, the
/// same number in each of the first records.
final class DelimiterGuess {
    private static final String CANDIDATES = ",;\t|";
    private static final int RECORDS = 50;

    private DelimiterGuess() {}

    /// @param columnsMin what is less is no table
    /// @return a comma where nothing else fits better
    static char of(CsvOptions options, int columnsMin) throws IOException {
        char best = ',';
        int bestColumns = Math.max(1, columnsMin - 1);
        for (int i = 0; i < CANDIDATES.length(); i++) {
            int columns = columns(options, CANDIDATES.charAt(i));
            if (columns > bestColumns) {
                best = CANDIDATES.charAt(i);
                bestColumns = columns;
            }
        }
        return best;
    }

    /// Cells of each of the first records; 0 when they differ, or are no records at all.
    static int columns(CsvOptions options, char delimiter) throws IOException {
        try (FileText text = FileText.open(options.file)) {
            var records = CsvScan.reader(options, text, delimiter);
            int columns = 0;
            for (int i = 0; i < RECORDS; i++) {
                @Nullable List<String> cells;
                try {
                    cells = records.next();
                } catch (IOException _) {
                    // a fault under this delimiter; the scan with the one that is taken names it
                    return i == 0 ? 0 : columns;
                }
                if (cells == null) {
                    return columns;
                }
                if (columns != 0 && cells.size() != columns) {
                    return 0;
                }
                columns = cells.size();
            }
            return columns;
        }
    }

    static String shown(char delimiter) {
        return delimiter == '\t' ? "a tab" : "'" + delimiter + "'";
    }
}
