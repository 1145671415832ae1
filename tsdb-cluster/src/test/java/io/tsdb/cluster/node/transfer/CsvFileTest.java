package io.tsdb.cluster.node.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class CsvFileTest {
    @TempDir Path temporary;

    private CsvOptions guess(String text) throws IOException {
        return new CsvOptions(Files.writeString(temporary.resolve("plant.csv"), text));
    }

    private static String lines(LineSource source) throws IOException {
        var out = new LineBatch(16);
        try (source) {
            while (source.next(out)) {
                assertThat(out.bytes()[out.size() - 1]).isEqualTo((byte) '\n');
            }
        }
        return out.toString();
    }

    @Test
    void tellsTimesTagsAndFieldTypesFromTheCells() throws IOException {
        String csv =
                """
                time,room,count,level,on
                2026-11-23T10:00:00Z,"a, b",1,1.5,true
                2026-11-23T10:00:01.25Z,c=d,2,3,false
                """;
        assertThat(lines(guess(csv).open()))
                .isEqualTo(
                        "plant,room=a\\,\\ b count=1i,level=1.5,on=true 1795428000000000000\n"
                            + "plant,room=c\\=d count=2i,level=3,on=false 1795428001250000000\n");
    }

    @Test
    void followsTheOptions() throws IOException {
        CsvOptions guess = guess("when;id;v;note;x\n1700000000;7;5;he said \"\"hi\"\";1\n");
        guess.delimiter(';');
        guess.measurement("m 1");
        guess.time("when:s");
        guess.tag("id");
        guess.field("v:float");
        guess.field("note:string");
        guess.skip("x");
        guess.constantTag("site", "north");
        assertThat(lines(guess.open()))
                .isEqualTo(
                        "m\\ 1,site=north,id=7 v=5,note=\"he said \\\"\\\"hi\\\"\\\"\""
                                + " 1700000000000000000\n");
    }

    @Test
    void countsStepsOverAbsentValuesOfAFileOfOneColumn() throws IOException {
        CsvOptions guess = guess("1.5\n\n2.5\n");
        guess.columns(List.of("value"));
        guess.steps("1970-01-01T00:00:00Z", 10);
        assertThat(lines(guess.open())).isEqualTo("plant value=1.5 0\nplant value=2.5 20\n");
    }

    @Test
    void namesLineColumnAndCellThatDoNotFit() throws IOException {
        CsvOptions guess = guess("time,v\n2026-01-01,1\n2026-01-02,two\n");
        guess.field("v:int");
        assertThatThrownBy(() -> lines(guess.open()))
                .isInstanceOf(IOException.class)
                .hasMessage("line 3: column 'v': 'two' is not a whole number");
        CsvOptions ragged = guess("time,v\n2026-01-01,1,9\n");
        assertThatThrownBy(() -> lines(ragged.open()))
                .hasMessage("line 2: 3 cells, the file has 2 columns");
        CsvOptions wrongName = guess("time,v\n2026-01-01,1\n");
        wrongName.tag("room");
        assertThatThrownBy(wrongName::open)
                .hasMessageContaining("has no column 'room'; it has time, v");
        assertThatThrownBy(() -> guess("a,b\n1,2\n").open()).hasMessageContaining("--time COLUMN");
    }

    @Test
    void readsQuotedNewlinesAndReportsAnOpenQuote() throws IOException {
        CsvOptions guess = guess("time,s\n2026-01-01,\"a\nb\"\n");
        guess.field("s:string");
        assertThat(lines(guess.open())).isEqualTo("plant s=\"a\nb\" 1767225600000000000\n");
        CsvOptions open = guess("time,s\n2026-01-01,\"a\n");
        open.field("s:string");
        assertThatThrownBy(() -> lines(open.open()))
                .hasMessage("line 2: a quoted cell is not closed before the end");
    }

    @Test
    void tellsAnEmptyStringFromAnAbsentOneAndStripsNoText() throws IOException {
        CsvOptions csv =
                guess(
                        "time:timestamp,t:tag,s:string,f:float64\n"
                                + "2026-01-01,\"\",\"\",\n"
                                + "2026-01-01, a ,,\"1\"\n"
                                + "2026-01-01,,\" x \",\"\"\n");
        assertThat(lines(csv.open()))
                .isEqualTo(
                        "plant s=\"\" 1767225600000000000\n"
                                + "plant,t=\\ a\\  f=1 1767225600000000000\n"
                                + "plant s=\" x \" 1767225600000000000\n");
    }

    @Test
    void refusesWhatATagCannotHold() throws IOException {
        String[] tags = {"\"a\nb\"", "a\\", "\"a\rb\""};
        for (String tag : tags) {
            CsvOptions csv = guess("time:timestamp,t:tag,f:float64\n2026-01-01," + tag + ",1\n");
            assertThatThrownBy(() -> lines(csv.open()))
                    .hasMessageStartingWith("line 2: tag t of value 'a")
                    .hasMessageEndingWith("which line protocol cannot say");
        }
    }

    @Test
    void keepsLineEndsInsideQuotes() throws IOException {
        CsvOptions csv = guess("time,v,s\r\n2026-01-01,1,\"a\rb\r\nc\nd\"\r2026-01-02,2,e\n");
        csv.field("s:string");
        assertThat(lines(csv.open()))
                .isEqualTo(
                        "plant v=1i,s=\"a\rb\r\nc\nd\" 1767225600000000000\n"
                                + "plant v=2i,s=\"e\" 1767312000000000000\n");
    }
}
