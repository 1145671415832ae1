package io.tsdb.storage.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The hex in `docs/format/encodings.md` is what encoders write and decoders read.
class EncodingsFormatSpecTest {
    private static final Path PAGE = Path.of("docs", "format", "encodings.md");

    @Test
    void everyExampleIsWhatTheCodecWritesAndReads() throws IOException {
        List<EncodingExample> examples = EncodingExample.parseAll(Files.readString(PAGE));
        for (EncodingExample example : examples) {
            byte[] bytes = example.bytes();
            assertThat(example.type().decode(bytes, 0, bytes.length, example.values().length))
                    .as("read %s", example.format())
                    .isEqualTo(example.values());
            assertThat(EncodingExample.of(example.type(), example.values()).format())
                    .as("written")
                    .isEqualTo(example.format());
        }
        Set<EncodingId> shown = EnumSet.noneOf(EncodingId.class);
        examples.forEach(example -> shown.add(example.encoding()));
        assertThat(shown).as("encodings with an example").containsExactly(EncodingId.values());
    }

    @Test
    void everyEncodingHasItsSectionAndNumber() throws IOException {
        String page = Files.readString(PAGE);
        for (EncodingId id : EncodingId.values()) {
            String name = id.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
            assertThat(page)
                    .contains("\n## " + name + "\n")
                    .contains("| " + id.number() + " | [" + name + "]");
        }
    }
}
