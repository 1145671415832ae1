package io.tsdb.cluster.node.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;

class CsvFileTest {
    @TempDir Path temporary;

    private CsvGuess guess(String text) throws IOException {
        return new CsvGuess(Files.writeString(temporary.resolve("plant.csv"), text));
    }

    private static String lines(LineSource source) throws IOException {
        var out = new StringBuilder();
        try (source) {
            while (source.next(out)) {
                assertThat(out.charAt(out.length() - 1)).isEqualTo('\n');
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
        CsvGuess guess = guess("when;id;v;note;x\n1700000000;7;5;he said \"\"hi\"\";1\n");
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
        CsvGuess guess = guess("1.5\n\n2.5\n");
        guess.columns(List.of("value"));
        guess.steps("1970-01-01T00:00:00Z", 10);
        assertThat(lines(guess.open())).isEqualTo("plant value=1.5 0\nplant value=2.5 20\n");
    }

    @Test
    void namesLineColumnAndCellThatDoNotFit() throws IOException {
        CsvGuess guess = guess("time,v\n2026-01-01,1\n2026-01-02,two\n");
        guess.field("v:int");
        assertThatThrownBy(() -> lines(guess.open()))
                .isInstanceOf(IOException.class)
                .hasMessage("line 3: column 'v': 'two' is not a whole number");
        CsvGuess ragged = guess("time,v\n2026-01-01,1,9\n");
        assertThatThrownBy(() -> lines(ragged.open()))
                .hasMessage("line 2: 3 cells, the file has 2 columns");
        CsvGuess wrongName = guess("time,v\n2026-01-01,1\n");
        wrongName.tag("room");
        assertThatThrownBy(wrongName::open)
                .hasMessageContaining("has no column 'room'; it has time, v");
        assertThatThrownBy(() -> guess("a,b\n1,2\n").open()).hasMessageContaining("--time COLUMN");
    }

    @Test
    void readsQuotedNewlinesAndReportsAnOpenQuote() throws IOException {
        CsvGuess guess = guess("time,s\n2026-01-01,\"a\nb\"\n");
        guess.field("s:string");
        assertThat(lines(guess.open())).isEqualTo("plant s=\"a\nb\" 1767225600000000000\n");
        CsvGuess open = guess("time,s\n2026-01-01,\"a\n");
        open.field("s:string");
        assertThatThrownBy(() -> lines(open.open()))
                .hasMessage("line 2: a quoted cell is not closed before the end");
    }

    @Test
    void keepsALineWithANewlineInAStringWhole() throws IOException {
        Path file = temporary.resolve("x.lp");
        String text = "# comment\nm,t=it\\ \"s f=\"a\nb\",g=1 5\n\nm f=\"c\" 6\r\n";
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        var source = new LineFile(file);
        var out = new StringBuilder();
        assertThat(source.next(out)).isTrue();
        assertThat(out.toString()).isEqualTo("m,t=it\\ \"s f=\"a\nb\",g=1 5\n");
        assertThat(source.lineNumber()).isEqualTo(2);
        out.setLength(0);
        assertThat(source.next(out)).isTrue();
        assertThat(out.toString()).isEqualTo("m f=\"c\" 6\n");
        assertThat(source.lineNumber()).isEqualTo(5);
        assertThat(source.next(out)).isFalse();
        source.close();
    }
}
