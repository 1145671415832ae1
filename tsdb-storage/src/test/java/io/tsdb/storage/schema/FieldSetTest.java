package io.tsdb.storage.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;

class FieldSetTest {
    private static final int FIELDS = 200;

    @Test
    void leavesOutWhatIsNoField() {
        assertThat(FieldSet.of(-1, -1).contains(0)).isFalse();
        assertThat(FieldSet.of(-1, 64).contains(64)).isTrue();
        assertThat(FieldSet.of().contains(1000)).isFalse();
    }

    /// Beside sets of the library, with fields in one word, in several, and in none.
    @Test
    void isASet() {
        long seed = Long.getLong("tsdb.seed", System.nanoTime());
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            Set<Integer> a = some(random);
            Set<Integer> b = some(random);
            Set<Integer> c = some(random);
            FieldSet with = set(a).with(set(b));
            FieldSet without = set(a).without(set(b));
            for (int field = 0; field < FIELDS; field++) {
                assertThat(with.contains(field))
                        .as("seed %d", seed)
                        .isEqualTo(a.contains(field) || b.contains(field));
                assertThat(without.contains(field))
                        .as("seed %d", seed)
                        .isEqualTo(a.contains(field) && !b.contains(field));
            }
            var wantedThere = new HashSet<>(b);
            wantedThere.retainAll(c);
            assertThat(set(a).coversWithin(set(b), set(c)))
                    .as("seed %d", seed)
                    .isEqualTo(a.containsAll(wantedThere));
            assertThat(with.covers(set(a))).isTrue();
            assertThat(set(a).covers(set(b))).as("seed %d", seed).isEqualTo(a.containsAll(b));
        }
    }

    private static Set<Integer> some(Random random) {
        var fields = new HashSet<Integer>();
        int most = random.nextBoolean() ? 8 : FIELDS;
        random.ints(random.nextInt(12), 0, most).forEach(fields::add);
        return fields;
    }

    private static FieldSet set(Set<Integer> fields) {
        return FieldSet.of(fields.stream().mapToInt(Integer::intValue).toArray());
    }
}
