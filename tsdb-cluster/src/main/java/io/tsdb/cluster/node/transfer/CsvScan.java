package io.tsdb.cluster.node.transfer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One reading of a whole CSV file, before anything of it is sent: every record, so that what a
/// column is does not hang on its first rows, and a fault is found before half a file is in.
///
/// @param columns what is in each column, in file order
/// @param typed what the header says of them, where it is one of `tsdb export`
/// @param sample the first rows
/// @param isDelimiterGuessed whether nobody said it
record CsvScan(
        CsvOptions options,
        char delimiter,
        boolean isDelimiterGuessed,
        List<CsvColumn> columns,
        Optional<List<CsvMapping.Column>> typed,
        List<List<String>> sample) {
    private static final int SAMPLE_ROWS = 10_000;

    static CsvScan of(CsvOptions options) throws IOException {
        Character said = options.delimiter;
        char delimiter = said == null ? DelimiterGuess.of(options, options.names.size()) : said;
        try (FileText text = FileText.open(options.file)) {
            CsvReader records = reader(options, text, delimiter);
            Optional<List<CsvMapping.Column>> typed = Optional.empty();
            List<String> names = options.names;
            if (names.isEmpty()) {
                List<String> header = header(records);
                typed = CsvHeader.columns(header);
                names =
                        typed.isPresent()
                                ? typed.get().stream().map(CsvMapping.Column::name).toList()
                                : header.stream().map(String::strip).toList();
                if (typed.isEmpty()) {
                    checkHeader(options, names);
                }
            }
            checkNames(options, names, delimiter);
            var columns = names.stream().map(CsvColumn::new).toList();
            var sample = new ArrayList<List<String>>();
            read(options, records, columns, sample);
            return new CsvScan(options, delimiter, said == null, columns, typed, sample);
        }
    }

    /// A reader of the file's records, behind what is to be skipped.
    static CsvReader reader(CsvOptions options, FileText text, char delimiter) throws IOException {
        var input = new TextInput(text.stream(), options.encoding(text.marked()));
        var records = new CsvReader(input, delimiter);
        for (int i = 0; i < options.skippedLines; i++) {
            records.skipLine();
        }
        return records;
    }

    private static List<String> header(CsvReader records) throws IOException {
        @Nullable List<String> header = records.next();
        if (header == null) {
            throw new IllegalArgumentException("the file is empty");
        }
        return header;
    }

    private static void read(
            CsvOptions options,
            CsvReader records,
            List<CsvColumn> columns,
            List<List<String>> sample)
            throws IOException {
        if (columns.size() == 1) {
            records.countEmptyLines();
        }
        for (List<String> row = records.next(); row != null; row = records.next()) {
            checkSize(row, columns.size(), records.recordLine());
            for (int i = 0; i < row.size(); i++) {
                if (!options.absentWords.contains(row.get(i))) {
                    columns.get(i).add(row.get(i), records.recordLine());
                }
            }
            if (sample.size() < SAMPLE_ROWS) {
                sample.add(row);
            }
        }
    }

    static void checkSize(List<String> row, int columns, long line) throws IOException {
        if (row.size() != columns) {
            throw new IOException(
                    "line "
                            + line
                            + ": "
                            + row.size()
                            + (row.size() == 1 ? " cell" : " cells")
                            + ", the file has "
                            + columns
                            + " columns");
        }
    }

    /// A first line of values is no header.
    private static void checkHeader(CsvOptions options, List<String> names) {
        boolean isTime = names.stream().anyMatch(TimeText::looksLikeTime);
        boolean isNumbers =
                names.stream()
                        .allMatch(
                                name ->
                                        switch (CsvCell.kind(name)) {
                                            case WHOLE,
                                                    UNSIGNED,
                                                    LARGE,
                                                    DECIMAL,
                                                    DECIMAL_COMMA,
                                                    AMBIGUOUS_COMMA ->
                                                    true;
                                            case THOUSANDS, BOOL, ABSENT, TEXT -> false;
                                        });
        if (isTime || isNumbers) {
            throw new IllegalArgumentException(
                    "the first line has values, not names: "
                            + LineEscapes.shown(String.join(", ", names))
                            + "; name the columns with --columns A,B,..."
                            + (options.skippedLines == 0
                                    ? ""
                                    : ", or look at --skip-lines " + options.skippedLines));
        }
    }

    private static void checkNames(CsvOptions options, List<String> names, char delimiter)
            throws IOException {
        Map<String, Integer> first = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            Integer before = names.get(i).isEmpty() ? null : first.put(names.get(i), i);
            if (before != null) {
                throw new IllegalArgumentException(
                        "columns "
                                + (before + 1)
                                + " and "
                                + (i + 1)
                                + " have the same name '"
                                + names.get(i)
                                + "': give other names with --columns A,B,... --skip-lines "
                                + (options.skippedLines + 1));
            }
        }
        if (names.size() == 1 && options.delimiter != null) {
            char better = DelimiterGuess.of(options, 2);
            int columns = DelimiterGuess.columns(options, better);
            if (columns > 1) {
                throw new IllegalArgumentException(
                        "with --delimiter "
                                + DelimiterGuess.shown(delimiter)
                                + " the file has one column; with "
                                + DelimiterGuess.shown(better)
                                + " it has "
                                + columns);
            }
        }
    }
}
