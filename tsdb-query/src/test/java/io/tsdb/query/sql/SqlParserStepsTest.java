package io.tsdb.query.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenSource;
import org.antlr.v4.runtime.misc.Interval;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Random;

/// How many characters and tokens the parser looks at: a fixed number of times each, whatever the
/// text. Counted, not timed.
class SqlParserStepsTest {
    /// Looks at a character; 8 is what a word costs that several rules begin to read.
    private static final int LOOKS_PER_CHARACTER_MAX = 16;

    private static final int LOOKS_PER_TOKEN_MAX = 64;

    /// What a text is repeated from: each begins something that may have no end.
    private static final List<String> PIECES =
            List.of(
                    "/* ",
                    "/*",
                    "*/",
                    "/",
                    "*",
                    "/**",
                    "'",
                    "''",
                    "\"",
                    "\"\"",
                    "--",
                    "\n",
                    "1",
                    "1d",
                    "1e",
                    "1.",
                    ".",
                    ":a",
                    "::",
                    ":",
                    "$",
                    "(",
                    ")",
                    ",",
                    "a",
                    "SELECT ",
                    "NOT ",
                    "-",
                    "+",
                    "||",
                    "a AND ",
                    "a OR ",
                    "BETWEEN ",
                    "IN (",
                    "LATEST BY ",
                    "IS NOT NULL ",
                    "CAST(",
                    "AS ",
                    "INTERVAL ",
                    "é",
                    "\u00a0",
                    "\ud83d\ude00",
                    " a.",
                    "~",
                    "!",
                    "!=",
                    ";",
                    "f(a) ",
                    "f(*",
                    "CASE ",
                    "x'");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/* ",
                "/*",
                "/**",
                "/*/",
                "' ",
                "\" ",
                "'\"",
                "a'",
                "1d",
                "1.5e",
                "--x",
                "1d1",
                "x y ",
                "a,",
                "(",
                "f(",
                "a AND ",
                "a BETWEEN 1 AND ",
                "x ORDER BY ",
                "1::",
                "~-",
                "~a*",
                "-~a/",
                "é/*"
            })
    void looksAtEachCharacterAFixedNumberOfTimes(String piece) {
        for (String prefix : List.of("", "SELECT ", "SELECT a FROM m WHERE ")) {
            check(prefix + piece.repeat(20_000 / piece.length()));
        }
    }

    /// `~` before an operand nests, also over operators that bind more; between two it compares.
    @Test
    void countsHowDeepBitsAreTurnedAndNotHowOftenSomethingMatches() {
        for (String piece : List.of("~-", "~ ", "~a*", "-~a+")) {
            String nested = "SELECT " + piece.repeat(300) + "a FROM m";
            assertThatThrownBy(() -> SqlParser.parse(nested))
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining("expressions nest at most 200 deep");
            SqlParser.parse("SELECT " + piece.repeat(50) + "a FROM m");
        }
        SqlParser.parse("SELECT a FROM m WHERE " + "a ~ 'x' OR ".repeat(900) + "~a = 1");
    }

    @Test
    void soItIsWithRandomPieces() {
        long seed = Long.getLong("tsdb.seed", System.nanoTime());
        System.out.println("SqlParserStepsTest -Dtsdb.seed=" + seed);
        var random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            var text = new StringBuilder(random.nextBoolean() ? "SELECT " : "");
            String one = PIECES.get(random.nextInt(PIECES.size()));
            String other = PIECES.get(random.nextInt(PIECES.size()));
            int length = 200 + random.nextInt(5_000);
            boolean repeats = random.nextBoolean();
            while (text.length() < length) {
                if (repeats) {
                    text.append(one).append(other);
                } else {
                    text.append(PIECES.get(random.nextInt(PIECES.size())));
                }
            }
            check(text.toString());
        }
    }

    private static void check(String sql) {
        var characters = new CountingCharacters(sql);
        long[] tokenLooks = new long[1];
        int[] tokens = new int[1];
        try {
            SqlParser.parse(characters, source -> new CountingTokens(source, tokenLooks, tokens));
        } catch (QueryException _) {
            // most of these texts are no statements; what counts is what it took to find out
        }
        assertThat(characters.looks)
                .as("looks at the %d characters of %.60s...", sql.length(), sql)
                .isLessThan(1_000 + (long) LOOKS_PER_CHARACTER_MAX * sql.length());
        assertThat(tokenLooks[0])
                .as("looks at the %d tokens of %.60s...", tokens[0], sql)
                .isLessThan(1_000 + (long) LOOKS_PER_TOKEN_MAX * tokens[0]);
    }

    private static final class CountingTokens extends CommonTokenStream {
        private final long[] looks;
        private final int[] count;

        CountingTokens(TokenSource source, long[] looks, int[] count) {
            super(source);
            this.looks = looks;
            this.count = count;
        }

        @Override
        public void fill() {
            super.fill();
            count[0] = size();
        }

        @Override
        public Token LT(int k) {
            looks[0]++;
            return super.LT(k);
        }
    }

    private static final class CountingCharacters implements CharStream {
        private final CharStream text;
        private long looks;

        CountingCharacters(String text) {
            this.text = CharStreams.fromString(text);
        }

        @Override
        public void consume() {
            looks++;
            text.consume();
        }

        @Override
        public int LA(int i) {
            looks++;
            return text.LA(i);
        }

        @Override
        public String getText(Interval interval) {
            return text.getText(interval);
        }

        @Override
        public int mark() {
            return text.mark();
        }

        @Override
        public void release(int marker) {
            text.release(marker);
        }

        @Override
        public int index() {
            return text.index();
        }

        @Override
        public void seek(int index) {
            text.seek(index);
        }

        @Override
        public int size() {
            return text.size();
        }

        @Override
        public String getSourceName() {
            return text.getSourceName();
        }
    }

    @Test
    void refusesChainsOfTimeZones() {
        String sql = "SELECT now()" + " AT TIME ZONE 'UTC'".repeat(10_000);
        assertThatThrownBy(() -> SqlParser.parse(sql))
                .hasMessageContaining("expressions nest at most 200 deep");
    }
}
