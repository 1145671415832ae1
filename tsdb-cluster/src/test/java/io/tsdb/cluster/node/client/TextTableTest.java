package io.tsdb.cluster.node.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class TextTableTest {
    @Test
    void alignsColumnsNumbersToTheRight() {
        var answer =
                new SqlAnswer(
                        List.of(
                                new SqlAnswer.Column("host", "string"),
                                new SqlAnswer.Column("v", "int64"),
                                new SqlAnswer.Column("f", "float64")),
                        List.of(List.of("a", "5", "1.5"), List.of("long name", "", "1.0E30")),
                        1.25);
        assertThat(TextTable.of(answer))
                .isEqualTo(
                        """
                        host       v       f
                        ---------  -  ------
                        a          5   1.500
                        long name     1.0E30
                        (2 rows, 1.3 ms)
                        """);
    }

    /// A text that was written by a stranger must not clear the screen of who reads it.
    @Test
    void showsControlCharactersAsEscapes() {
        var answer =
                new SqlAnswer(
                        List.of(new SqlAnswer.Column("note", "string")),
                        List.of(List.of("\u001b[2Jgone\r\n\tx\u009b")),
                        0);
        assertThat(TextTable.of(answer)).contains("\n\\x1b[2Jgone\\r\\n\\tx\\x9b\n");
    }
}
