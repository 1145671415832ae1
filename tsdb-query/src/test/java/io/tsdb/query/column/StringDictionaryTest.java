package io.tsdb.query.column;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.budget.MemoryAccount;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

class StringDictionaryTest {
    private static final long SEED = Long.getLong("tsdb.seed", 20_261_127L);

    @Test
    void numbersStringsInOrderOfTheirFirstAppearance() {
        var dictionary = new StringDictionary(MemoryAccount.unlimited());
        Map<String, Integer> expected = new HashMap<>();
        var random = new Random(SEED);
        for (int i = 0; i < 50_000; i++) {
            String text = Integer.toString(random.nextInt(20_000), 36);
            int id = expected.computeIfAbsent(text, _ -> expected.size());
            assertThat(dictionary.idOf(text)).as("seed %s, %s", SEED, i).isEqualTo(id);
        }
        assertThat(dictionary.size()).isEqualTo(expected.size());
        expected.forEach((text, id) -> assertThat(dictionary.get(id)).isEqualTo(text));
    }

    /// "Aa" and "BB" have one hash code, and so has every text made of twelve of them: 4,096 texts
    /// would take millions of comparisons in a table by hash codes alone.
    @Test
    void holdsStringsOfOneHashCode() {
        var dictionary = new StringDictionary(MemoryAccount.unlimited());
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 4_096; i++) {
                var text = new StringBuilder();
                for (int bit = 0; bit < 12; bit++) {
                    text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
                }
                assertThat(dictionary.idOf(text.toString())).isEqualTo(i);
            }
        }
        assertThat(dictionary.idOf("other")).isEqualTo(4_096);
    }

    /// 40 bytes of two objects, and the characters: one byte each, or two beyond Latin-1.
    @Test
    void reservesWhatItHolds() {
        var dictionary = new StringDictionary(MemoryAccount.unlimited());
        dictionary.idOf("x".repeat(1_000));
        assertThat(dictionary.reservedBytes()).isEqualTo(1_040);
        dictionary.idOf("\u20ac".repeat(1_000));
        assertThat(dictionary.reservedBytes()).isEqualTo(1_040 + 2_040);
        dictionary.idOf("x".repeat(1_000));
        assertThat(dictionary.reservedBytes()).isEqualTo(1_040 + 2_040);
    }
}
