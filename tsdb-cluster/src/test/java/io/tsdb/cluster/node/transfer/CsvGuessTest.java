package io.tsdb.cluster.node.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// CSV from elsewhere: nothing of it is lost or turned into something else without a word.
class CsvGuessTest {
    @TempDir Path temporary;

    private record Read(List<String> lines, List<String> readAs, List<String> warnings) {}

    private Read read(String text) throws IOException {
        return read(text, options -> {});
    }

    private Read read(String text, Consumer<CsvOptions> said) throws IOException {
        return read(text.getBytes(StandardCharsets.UTF_8), said);
    }

    private Read read(byte[] bytes, Consumer<CsvOptions> said) throws IOException {
        var options = new CsvOptions(Files.write(temporary.resolve("m.csv"), bytes));
        said.accept(options);
        try (LineSource source = options.open()) {
            var lines = new ArrayList<String>();
            var batch = new LineBatch(16);
            while (source.next(batch)) {
                lines.add(batch.toString().stripTrailing());
                batch = new LineBatch(16);
            }
            return new Read(lines, source.readAs(), source.warnings());
        }
    }

    private void assertRefused(String text, Consumer<CsvOptions> said, String... parts) {
        assertThatThrownBy(() -> read(text, said)).hasMessageContainingAll(parts);
    }

    @Test
    void takesANumberedDeviceForATag() throws IOException {
        Read read =
                read(
                        """
                        time,device,temp
                        2026-01-01,1,20.5
                        2026-01-01,2,21.5
                        2026-01-01,3,22.5
                        2026-01-02,1,20.0
                        2026-01-02,2,21.0
                        """);
        assertThat(read.lines()).hasSize(5);
        assertThat(read.lines().getFirst()).startsWith("m,device=1 temp=20.5 ");
        assertThat(read.readAs()).contains("tags: device (its name)", "fields: temp float");
        assertThat(read.warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "id, true", "deviceId, true", "sensor_id, true", "Host Name, true", "id_number, true",
        "name, true", "HOST, true", "sensor1, false", "temperature, false", "device_temp, false",
        "hostile, false", "video, false",
    })
    void tellsIdsByTheirName(String name, boolean isTag) throws IOException {
        Read read = read("time," + name + ",v\n2026-01-01,1,2\n2026-01-02,1,2\n");
        assertThat(read.lines().getFirst().startsWith("m,")).isEqualTo(isTag);
        assertThat(read.readAs().stream().anyMatch(text -> text.startsWith("tags: " + name)))
                .isEqualTo(isTag);
    }

    @Test
    void decimalsAreNoIdsAndNumbersOfRowsAreNoTags() throws IOException {
        assertThat(read("time,sensor\n2026-01-01,20.5\n2026-01-02,21.5\n").readAs())
                .contains("fields: sensor float");
        var text = new StringBuilder("time,id,v\n");
        for (int i = 0; i < 2000; i++) {
            text.append(i).append(',').append(i).append(",1.5\n");
        }
        assertThat(read(text.toString()).readAs())
                .contains("fields: id int (a value of its own in nearly each row), v float");
    }

    @Test
    void aColumnThatTellsRowsApartIsATag() throws IOException {
        Read read = read("time,line,v\n5,1,2\n5,7,3\n6,1,2\n6,7,3\n");
        assertThat(read.readAs())
                .contains(
                        "tags: line (2 values; without it 2 of 4 rows would fall together with"
                                + " others)");
        assertThat(read.warnings()).isEmpty();
    }

    @Test
    void saysHowManyRowsFellTogether() throws IOException {
        Read read = read("time,v\n5,1.5\n5,2.5\n5,3.5\n6,1.5\n7,\n");
        assertThat(read.lines()).hasSize(4);
        assertThat(read.warnings())
                .hasSize(2)
                .anySatisfy(text -> assertThat(text).startsWith("2 of 4 rows fell together"))
                .contains("1 rows have no field value and were left out");
    }

    @Test
    void tagsThatAreSaidAreAllTags() throws IOException {
        Read read = read("time,host,room,v\n5,a,x,1\n", options -> options.tag("room"));
        assertThat(read.lines()).containsExactly("m,room=x host=\"a\",v=1i 5000000000");
    }

    @Test
    void manyDifferentTextsAreNoTags() throws IOException {
        var text = new StringBuilder("time,remark,v\n");
        for (int i = 0; i < 500; i++) {
            text.append(i).append(",remark ").append(i).append(",1.5\n");
        }
        assertThat(read(text.toString()).readAs())
                .contains("fields: remark string (many different texts), v float");
        assertThat(read("time,remark,v\n5,\"a\nb\",1\n").readAs())
                .contains("fields: remark string (texts that no tag can have), v int");
    }

    @Test
    void refusesADoubledName() {
        assertRefused(
                "time,v,v\n5,1,2\n",
                options -> {},
                "columns 2 and 3 have the same name 'v'",
                "--columns A,B,... --skip-lines 1");
    }

    @Test
    void namesInPlaceOfADoubledHeader() throws IOException {
        Read read =
                read(
                        "time,v,v\n5,1,2\n",
                        options -> {
                            options.columns(List.of("time", "v", "w"));
                            options.skipLines(1);
                        });
        assertThat(read.lines()).containsExactly("m v=1i,w=2i 5000000000");
    }

    @Test
    void refusesBytesThatAreNoUtf8AndReadsThemWhenTold() throws IOException {
        byte[] latin = "time,place,v\n5,M\u00fcnchen,1\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> read(latin, options -> {}))
                .hasMessage(
                        "line 2: byte 0xFC is no UTF-8 text; say what the file is with --encoding,"
                                + " such as latin1 or windows-1252");
        assertThat(read(latin, options -> options.encoding("latin1")).lines())
                .containsExactly("m,place=M\u00fcnchen v=1i 5000000000");
        byte[] excel = "\uFEFFtime\tv\r\n5\t1\r\n".getBytes(StandardCharsets.UTF_16LE);
        assertThat(read(excel, options -> {}).lines()).containsExactly("m v=1i 5000000000");
        byte[] marked = "\uFEFFtime,v\r\n5,1\r\n".getBytes(StandardCharsets.UTF_8);
        assertThat(read(marked, options -> {}).lines()).containsExactly("m v=1i 5000000000");
        assertThatThrownBy(() -> read(latin, options -> options.encoding("klingon")))
                .hasMessageContaining("'klingon'");
        assertThat(Charset.isSupported("windows-1252")).isTrue();
    }

    @Test
    void tellsTheDelimiter() throws IOException {
        Read read = read("time;place;v\n5;\"a,b\";1\n");
        assertThat(read.lines()).containsExactly("m,place=a\\,b v=1i 5000000000");
        assertThat(read.readAs()).contains("delimiter: ';'");
        assertThat(read("time\tv\n5\t1\n").readAs()).contains("delimiter: a tab");
        assertRefused(
                "time;place;v\n5;a;1\n",
                options -> options.delimiter(','),
                "with --delimiter ',' the file has one column; with ';' it has 3");
    }

    @Test
    void readsDecimalCommasWithAWord() throws IOException {
        Read read = read("time;v;n\n5;21,5;1\n6;-0,125;2\n7;3;3\n");
        assertThat(read.lines())
                .containsExactly(
                        "m v=21.5,n=1i 5000000000",
                        "m v=-0.125,n=2i 6000000000",
                        "m v=3,n=3i 7000000000");
        assertThat(read.readAs()).contains("fields: v float (decimal commas), n int");
        String mixed = "time;v\n5;21,5\n6;21.5\n";
        assertRefused(
                mixed, options -> {}, "decimal points ('21.5' on line 3)", "'21,5' on line 2");
        String either = "time;v\n5;1,250\n6;2,500\n";
        assertRefused(either, options -> {}, "'1,250' on line 2 can be read in two ways");
        assertThat(read(either, options -> options.decimal(',')).lines().getFirst())
                .isEqualTo("m v=1.250 5000000000");
        assertRefused(either, options -> options.decimal('.'), "--decimal . forbids them");
        assertRefused("time;v\n5;1.250,5\n", options -> {}, "marks between thousands");
        assertRefused(
                "time;v\n5;21.5\n6;3,5\n",
                options -> options.field("v:float"),
                "line 3: column 'v': '3,5' is not a number",
                "--decimal ,");
    }

    @Test
    void wordsForNoValueAreAbsentInNumbersOnly() throws IOException {
        Read read = read("time,v,w\n5,1.5,NaN\n6,null,x\n7,-,y\n8,NA,z\n9,,NaN\n");
        assertThat(read.lines().getFirst()).isEqualTo("m,w=NaN v=1.5 5000000000");
        assertThat(read.lines()).hasSize(1);
        assertThat(read.readAs())
                .contains("fields: v float (3 cells without a value, 'null' on line 3)");
        assertThat(read.warnings()).contains("4 rows have no field value and were left out");
        Read more = read("time,v\n5,1\n6,?\n", options -> options.absent("?"));
        assertThat(more.lines()).containsExactly("m v=1i 5000000000");
    }

    @Test
    void looksAtEveryRowNotAtTheFirstThousand() throws IOException {
        var text = new StringBuilder("time,v\n");
        for (int i = 0; i < 3000; i++) {
            text.append(i).append(i < 2999 ? ",1\n" : ",1.5\n");
        }
        assertThat(read(text.toString()).readAs()).contains("fields: v float");
    }

    @Test
    void keepsTheDigitsOfWholeNumbers() throws IOException {
        assertThat(read("time,v\n5,9223372036854775807\n").lines())
                .containsExactly("m v=9223372036854775807i 5000000000");
        assertThat(read("time,v\n5,18446744073709551615\n6,0\n").lines())
                .containsExactly("m v=18446744073709551615u 5000000000", "m v=0u 6000000000");
        assertThat(read("time,v\n5,18446744073709551615\n6,-1\n").readAs())
                .anyMatch(text -> text.contains("lose digits: '18446744073709551615' on line 2"));
        assertThat(read("time,v\n5,123456789012345678901\n").readAs())
                .contains(
                        "fields: v float (whole numbers beyond 64 bits lose digits:"
                                + " '123456789012345678901' on line 2)");
        assertThat(read("time,plz,v\n5,01067,1\n").lines())
                .as("a number would lose its zero")
                .containsExactly("m,plz=01067 v=1i 5000000000");
    }

    @Test
    void aFirstLineOfValuesIsNoHeader() {
        assertRefused("2026-01-01,1\n2026-01-02,2\n", options -> {}, "has values, not names");
        assertRefused("5,1\n6,2\n", options -> {}, "--columns A,B,...");
    }

    @Test
    void saysWhichTimesItReads() throws IOException {
        assertThat(read("time,v\n1700000000123,1\n").readAs()).contains("time: time (numbers, ms)");
        assertThat(read("time,v\n2026-01-01 10:00:00,1\n").readAs())
                .contains("time: time (without a zone, read as UTC; else --zone)");
        assertThat(read("time,v\n2026-01-01T10:00:00Z,1\n").readAs()).contains("time: time");
        assertRefused("ts,v\n1700000000,1\n1700000000123,2\n", options -> {}, "--time ts:ms");
        Read berlin =
                read("time,v\n2026-07-01 12:00,1\n", options -> options.zone("Europe/Berlin"));
        assertThat(berlin.lines()).containsExactly("m v=1i 1782900000000000000");
        Read joined = read("date,clock,v\n2026-01-01,10:00:01,1\n");
        assertThat(joined.lines()).containsExactly("m v=1i 1767261601000000000");
        Read german =
                read(
                        "wann;v\n01.07.2026 12:00;1\n",
                        options -> {
                            options.time("wann");
                            options.timeFormat("dd.MM.yyyy HH:mm");
                        });
        assertThat(german.lines()).containsExactly("m v=1i 1782907200000000000");
        assertRefused("time,v\n01/02/2026,1\n", options -> {}, "line 2", "--time-format");
        assertRefused("time,v\n,1\n", options -> {}, "line 2: the row has no time");
    }

    @Test
    void leavesOutAColumnWithoutANameAndSaysSo() throws IOException {
        Read read = read(",time,v\n0,5,1\n1,6,2\n");
        assertThat(read.lines()).containsExactly("m v=1i 5000000000", "m v=2i 6000000000");
        assertThat(read.readAs()).contains("left out: column 1 (has no name)");
    }

    @Test
    void refusesQuotesThatAreNotWhereTheyBelong() {
        assertRefused("time,s\n5,\"a\"b\n", options -> {}, "line 2: cell 2 has text behind");
        assertRefused("time,s\n5, \"a\"\n", options -> {}, "line 2: cell 2 has blanks before");
    }

    @Test
    void aTimeIsNeitherTagNorField() {
        assertRefused(
                "when,time,v\n2026-01-01,5,1\n",
                options -> options.time("when"),
                "column 'time' cannot be a tag or a field");
        assertRefused(
                "time,host,v\n5,a,1\n",
                options -> options.constantTag("host", "b"),
                "--set host is also a column");
    }

    @Test
    void countsManyRowsBySample() {
        var keys = new RowKeys(1000);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 100_000; i++) {
                keys.add("m", 0, 1, i);
            }
        }
        assertThat(keys.isExact()).isFalse();
        assertThat(keys.repeated()).isBetween(80_000L, 120_000L);
        var few = new RowKeys(1000);
        for (int i = 0; i < 900; i++) {
            few.add("m" + i % 3, 0, 2, i % 300);
        }
        assertThat(few.isExact()).isTrue();
        assertThat(few.repeated()).isEqualTo(600);
    }
}
