package io.tsdb.ingest.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.model.FieldType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/// Lines of few and of many names: what is sorted and found by other means must be the same.
class ParsedPointTest {
    private final ParsedPoint point = new ParsedPoint();

    private int[] append(String text) {
        int from = point.textSize();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            point.append(b);
        }
        return new int[] {from, point.textSize()};
    }

    /// 16 is where the way changes; few different names make many equal ones.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 15, 16, 17, 31, 32, 33, 100, 256, 1000})
    void sortsAndFindsAsIfOneByOne(int count) {
        long seed = Long.getLong("tsdb.seed", System.nanoTime());
        System.out.println("ParsedPointTest -Dtsdb.seed=" + seed);
        var random = new Random(seed);
        for (int names : new int[] {1, 3, Math.max(1, count), 100_000}) {
            point.clear();
            append("m");
            point.setMeasurement();
            List<String> tags = addTags(random, count, names);
            List<String> fields = addFields(random, count, names);
            boolean distinct = new TreeSet<>(tags).size() == count;
            assertThat(point.sortTags() < 0).isEqualTo(distinct);
            List<String> sorted = new ArrayList<>();
            for (int tag = 0; tag < count; tag++) {
                sorted.add(point.tagKey(tag));
                assertThat(point.tagValueTo(tag) - point.tagValueFrom(tag)).isEqualTo(1);
            }
            assertThat(sorted).isEqualTo(tags.stream().sorted().toList());
            for (int field = 0; field < count; field++) {
                String name = fields.get(field);
                assertThat(point.firstOfSameName(field)).isEqualTo(fields.indexOf(name));
                assertThat(point.isTagKey(field)).isEqualTo(tags.contains(name));
            }
        }
    }

    private List<String> addTags(Random random, int count, int names) {
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String key = "k" + random.nextInt(names);
            tags.add(key);
            int[] at = append(key);
            int[] value = append("v");
            point.addTag(at[0], at[1], value[0], value[1]);
        }
        return tags;
    }

    private List<String> addFields(Random random, int count, int names) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "k" + random.nextInt(names);
            fields.add(name);
            int[] at = append(name);
            point.addField(at[0], at[1], 0, 0, FieldType.INT64, i, 0);
        }
        return fields;
    }
}
