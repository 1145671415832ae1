package io.tsdb.storage.codec;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Bytes that earlier versions wrote are still read: golden files, a version a folder, never edited
/// again.
class EncodingsCompatibilityTest {
    private static final String[] VERSIONS = {"v1"};

    @ParameterizedTest
    @EnumSource
    void goldenBytesGiveTheirValues(EncodingId encoding) throws IOException {
        for (String version : VERSIONS) {
            String path =
                    "/format/encodings/" + version + "/" + encoding.name().toLowerCase(Locale.ROOT);
            String text;
            try (InputStream file = getClass().getResourceAsStream(path)) {
                assertThat(file).as("golden file %s", path).isNotNull();
                text = new String(file.readAllBytes(), UTF_8);
            }
            List<EncodingExample> examples = EncodingExample.parseAll(text);
            assertThat(examples).as("examples in %s", path).hasSizeGreaterThan(1);
            for (EncodingExample example : examples) {
                byte[] bytes = example.bytes();
                int count = example.values().length;
                assertThat(example.encoding()).as("in %s", path).isEqualTo(encoding);
                assertThat(example.type().decode(bytes, 0, bytes.length, count))
                        .as("%d values of %s in %s", count, example.type(), path)
                        .isEqualTo(example.values());
            }
            assertThat(
                            examples.stream()
                                    .map(EncodingExample::format)
                                    .collect(Collectors.joining("\n")))
                    .as("%s, written out again", path)
                    .isEqualTo(text);
        }
    }
}
