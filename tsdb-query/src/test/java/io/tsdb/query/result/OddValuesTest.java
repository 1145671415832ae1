package io.tsdb.query.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.StringDictionary;
import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.ResultBatch;
import io.tsdb.query.exec.ResultColumn;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Values at the edges of JSON and CSV: what has no number there, what a reader would round, what
/// would end a string, and what could be taken for nothing.
class OddValuesTest {
    private static final double[] DOUBLES = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        -0.0,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        0.1 + 0.2,
        1e15,
        123_456_789.125,
        100
    };

    private static final long[] LONGS = {
        Long.MIN_VALUE, Long.MAX_VALUE, (1L << 53) + 1, -1, 0, 9, 10, 99, 100, -1_000_000
    };

    private static final List<String> TEXTS =
            List.of(
                    "",
                    "quote \" and backslash \\",
                    "line\nline\r\nline",
                    "tab\t, comma; semicolon",
                    "\u0000\u0001\u001f\u007f",
                    "\u2028\u2029",
                    "</script>",
                    "\uD83D\uDE00 \u00e9 \u4e2d",
                    " blanks around ",
                    "NULL");

    private static QueryResult result() {
        var types = List.of(ColumnType.FLOAT64, ColumnType.INT64, ColumnType.STRING);
        var batch = new ColumnBatch(types);
        var strings = new StringDictionary(MemoryAccount.unlimited());
        int rows = DOUBLES.length;
        for (int row = 0; row < rows; row++) {
            batch.column(0).doubles()[row] = DOUBLES[row];
            batch.column(1).longs()[row] = LONGS[row];
            batch.column(2).ids()[row] = strings.idOf(TEXTS.get(row));
        }
        // one more row, of nulls
        for (int column = 0; column < types.size(); column++) {
            batch.column(column).setNull(rows);
        }
        batch.column(2).setDictionary(strings);
        batch.setRowCount(rows + 1);
        return new QueryResult() {
            private boolean isRead;

            @Override
            public List<ResultColumn> columns() {
                return List.of(
                        new ResultColumn("f", ColumnType.FLOAT64),
                        new ResultColumn("i", ColumnType.INT64),
                        new ResultColumn("a \"name\", with\nall", ColumnType.STRING));
            }

            @Override
            public @Nullable ResultBatch next() {
                boolean first = !isRead;
                isRead = true;
                return first ? new ResultBatch(batch) : null;
            }

            @Override
            public MemoryAccount memory() {
                return MemoryAccount.unlimited();
            }

            @Override
            public void close() {}
        };
    }

    private static String write(ResultWriter writer) throws IOException {
        var out = new ByteArrayOutputStream();
        writer.write(result(), (bytes, length) -> out.write(bytes, 0, length));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void jsonReadsBackAsWritten() throws IOException {
        String text = write(new JsonResultWriter(TimeFormat.RFC3339, () -> 0));
        JsonNode root = JsonMapper.builder().build().readTree(text);
        assertThat(root.get("columns").get(2).get("name").asString())
                .isEqualTo("a \"name\", with\nall");
        JsonNode rows = root.get("rows");
        for (int row = 0; row < DOUBLES.length; row++) {
            JsonNode number = rows.get(row).get(0);
            double read =
                    number.isString() ? Double.parseDouble(number.asString()) : number.asDouble();
            assertThat(Double.doubleToLongBits(read))
                    .as("double %s", DOUBLES[row])
                    .isEqualTo(Double.doubleToLongBits(DOUBLES[row]));
            assertThat(number.isString()).isEqualTo(!Double.isFinite(DOUBLES[row]));
            assertThat(rows.get(row).get(1).isIntegralNumber()).isTrue();
            assertThat(rows.get(row).get(1).asLong()).isEqualTo(LONGS[row]);
            assertThat(rows.get(row).get(2).asString()).isEqualTo(TEXTS.get(row));
        }
        for (JsonNode value : rows.get(DOUBLES.length)) {
            assertThat(value.isNull()).isTrue();
        }
    }

    /// No byte of a string ends it early for a reader that is less strict than JSON: an HTML page,
    /// a line-wise one.
    @Test
    void jsonHasNoLooseControlCharacters() throws IOException {
        String text = write(new JsonResultWriter(TimeFormat.RFC3339, () -> 0)).strip();
        assertThat(text).doesNotContain("\n", "\r", "\t", "\u0000", "\u2028", "\u2029", "</script");
        assertThat(text).contains("\"NaN\"").contains("\"Infinity\"").contains("\"-Infinity\"");
        assertThat(text).contains("[-0.0,-1,");
    }

    @Test
    void csvTellsNothingFromTheEmptyText() throws IOException {
        String text = write(new CsvResultWriter(TimeFormat.RFC3339));
        assertThat(text)
                .startsWith(
                        "f,i,\"a \"\"name\"\", with\nall\"\r\nNaN,-9223372036854775808,\"\"\r\n");
        assertThat(text).endsWith("\r\n,,\r\n");
        List<List<String>> records = records(text);
        assertThat(records).hasSize(DOUBLES.length + 2);
        for (int row = 0; row < DOUBLES.length; row++) {
            List<String> record = records.get(row + 1);
            assertThat(Double.doubleToLongBits(Double.parseDouble(record.get(0))))
                    .isEqualTo(Double.doubleToLongBits(DOUBLES[row]));
            assertThat(Long.parseLong(record.get(1))).isEqualTo(LONGS[row]);
            assertThat(record.get(2)).isEqualTo(TEXTS.get(row));
        }
    }

    /// Records as RFC 4180 has them.
    private static List<List<String>> records(String text) {
        var records = new ArrayList<List<String>>();
        var record = new ArrayList<String>();
        var cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c != '"') {
                    cell.append(c);
                } else if (text.startsWith("\"", i + 1)) {
                    cell.append('"');
                    i++;
                } else {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == ',') {
                record.add(cell.toString());
                cell.setLength(0);
            } else if (text.startsWith("\r\n", i)) {
                record.add(cell.toString());
                cell.setLength(0);
                records.add(List.copyOf(record));
                record.clear();
                i++;
            } else {
                cell.append(c);
            }
        }
        return records;
    }
}
