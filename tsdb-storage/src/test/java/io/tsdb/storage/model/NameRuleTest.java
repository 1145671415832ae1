package io.tsdb.storage.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Set;

class NameRuleTest {
    /// Bytes count, not characters: a format's length field counts bytes.
    @ParameterizedTest
    @EnumSource
    void countsBytesOfUtf8(NameRule rule) {
        int most = rule.bytesMax();
        assertThat(rule.violation("x".repeat(most))).isEmpty();
        assertThat(rule.violation("x".repeat(most + 1)))
                .hasValueSatisfying(text -> assertThat(text).contains("" + most, "" + (most + 1)));
        assertThat(rule.violation("é".repeat(most / 2))).isEmpty();
        assertThat(rule.violation("é".repeat(most / 2 + 1))).isPresent();
        assertThat(rule.violation("")).isPresent();
    }

    @ParameterizedTest
    @EnumSource
    void takesEveryCharacterButControls(NameRule rule) {
        Set<String> reserved = rule == NameRule.DATABASE ? Set.of("/", "\\", "\uFFFD") : Set.of();
        for (int c = 0; c <= 0x10FFFF; c++) {
            String one = Character.toString(c);
            boolean bad =
                    c < 0x20 || c == 0x7F || c >= 0xD800 && c <= 0xDFFF || reserved.contains(one);
            assertThat(rule.violation("a" + one).isPresent()).as("U+%04X", c).isEqualTo(bad);
        }
    }

    /// Each means something else somewhere: a path, a bucket with its policy, every database.
    @ParameterizedTest
    @ValueSource(
            strings = {"../../evil", ".hid", ".", "..", "p/q", "a\\b", "/", "*", "a\nb", "a\0"})
    void refusesWhatDatabasesCannotBeCalled(String name) {
        assertThat(NameRule.DATABASE.violation(name)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.b", "my db", "größe", "_internal", "a*", "-", "\u2028", "a:b"})
    void takesOrdinaryDatabaseNames(String name) {
        assertThat(NameRule.DATABASE.violation(name)).isEmpty();
    }

    @Test
    void limitsFitTheFormats() {
        // a canonical series key is the tightest: u16 for all of it
        for (NameRule rule : NameRule.values()) {
            assertThat(rule.bytesMax()).isLessThan(SeriesKey.BYTES_MAX / 8);
        }
    }
}
