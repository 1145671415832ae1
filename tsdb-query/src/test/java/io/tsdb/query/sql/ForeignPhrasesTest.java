package io.tsdb.query.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.sql.ForeignPhrases.Phrase;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Each row of the table of foreign words has an example that is tested.
class ForeignPhrasesTest {
    private static final Path ERRORS = Path.of("src/test/resources/sql/error");

    /// Blocks of the `.test` files: a statement, and what it is told.
    private static List<String> examples() throws IOException {
        var examples = new ArrayList<String>();
        try (Stream<Path> files = Files.list(ERRORS)) {
            for (Path file : files.toList()) {
                examples.addAll(List.of(Files.readString(file).split("\n\n")));
            }
        }
        return examples;
    }

    @Test
    void everyRowHasAnExample() throws IOException {
        List<String> examples = examples();
        List<Phrase> without =
                ForeignPhrases.ALL.stream()
                        .filter(
                                phrase ->
                                        examples.stream()
                                                .noneMatch(
                                                        e ->
                                                                e.contains(phrase.answer())
                                                                        && mentions(e, phrase)))
                        .toList();
        assertThat(without).isEmpty();
    }

    private static boolean mentions(String example, Phrase phrase) {
        String statement = example.toUpperCase(Locale.ROOT);
        return phrase.words().stream().allMatch(w -> w.equals("_") || statement.contains(w));
    }

    @Test
    void noRowIsThereTwice() {
        assertThat(ForeignPhrases.ALL.stream().map(Phrase::words)).doesNotHaveDuplicates();
    }

    /// Where the word is a name it stays one.
    @Test
    void foreignWordsStayNames() {
        for (String word : List.of("div", "fetch", "top", "left", "range", "columns", "mod")) {
            String sql = "SELECT " + word + ", " + word + ".v AS " + word + " FROM " + word;
            assertThat(SqlParser.parse(sql)).isInstanceOf(Statement.Select.class);
        }
        assertThatThrownBy(() -> SqlParser.parse("SELECT div FROM m WHERE div div 2 > 1"))
                .hasMessageContaining("whole numbers are divided by //");
    }
}
