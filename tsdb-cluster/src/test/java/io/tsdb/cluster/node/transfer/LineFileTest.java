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
import java.util.zip.GZIPOutputStream;

class LineFileTest {
    @TempDir Path temporary;

    private LineBatch read(String text) throws IOException {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private LineBatch read(byte[] bytes) throws IOException {
        var batch = new LineBatch(16);
        try (var source = new LineFile(Files.write(temporary.resolve("x.lp"), bytes))) {
            while (source.next(batch)) {
                assertThat(batch.bytes()[batch.size() - 1]).isEqualTo((byte) '\n');
            }
        }
        return batch;
    }

    @Test
    void keepsALineWithANewlineInAStringWhole() throws IOException {
        Path file = temporary.resolve("x.lp");
        String text = "# comment\nm,t=it\\ \"s f=\"a\nb\",g=1 5\n\nm f=\"c\" 6\r\nm f=1 7";
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        var batch = new LineBatch(16);
        try (var source = new LineFile(file)) {
            assertThat(source.next(batch)).isTrue();
            assertThat(batch.toString()).isEqualTo("m,t=it\\ \"s f=\"a\nb\",g=1 5\n");
            assertThat(source.next(batch)).isTrue();
            assertThat(source.next(batch)).isTrue();
            assertThat(source.next(batch)).isFalse();
        }
        assertThat(batch.toString()).endsWith("5\nm f=\"c\" 6\r\nm f=1 7\n");
        assertThat(batch.fileLine(1)).isEqualTo(2);
        assertThat(batch.fileLine(2)).as("inside the string").isEqualTo(3);
        assertThat(batch.fileLine(3)).isEqualTo(5);
        assertThat(batch.fileLine(4)).isEqualTo(6);
    }

    /// A quote counts in the value of a field only: not in a comment, a name, or behind a value.
    @Test
    void aQuoteOutsideAValueOpensNothing() throws IOException {
        assertThat(read("# tool --tag x=\"y\nm f=1 1\n").toString()).isEqualTo("m f=1 1\n");
        assertThat(read("  # f=\"\nm f=1 1\n").lines()).isEqualTo(1);
        assertThat(read("m,t=\" f=1 1\nm f=1 2\n").lines()).isEqualTo(2);
        assertThat(read("m \"f=1 1\nm f=1 2\n").lines()).isEqualTo(2);
        assertThat(read("m f=1\" 1\nm f=1 2\n").lines()).isEqualTo(2);
        assertThat(read("m f=1 =\"\nm f=1 2\n").lines()).isEqualTo(2);
        assertThat(read("m f=\"a\\\"\nb\" 1\nm f=1 2\n").lines()).isEqualTo(2);
    }

    @Test
    void passesEveryByteOfALineOn() throws IOException {
        byte[] bytes = {'m', ' ', 'f', '=', '"', 'a', '\r', '\n', (byte) 0xE9, 0, '"', '\n'};
        LineBatch batch = read(bytes);
        assertThat(batch.size()).isEqualTo(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            assertThat(batch.bytes()[i]).isEqualTo(bytes[i]);
        }
    }

    @Test
    void dropsTheByteOrderMarkOfTheFileAndKeepsThatOfAName() throws IOException {
        assertThat(read("\uFEFFm f=1 1\n").toString()).isEqualTo("m f=1 1\n");
        assertThat(read("\n\uFEFFm f=1 1\n").toString()).isEqualTo(" \uFEFFm f=1 1\n");
        assertThat(read("\uFEFF\uFEFFm f=1 1\n").toString()).isEqualTo(" \uFEFFm f=1 1\n");
        assertThatThrownBy(() -> read("\uFEFFm f=1 1\n".getBytes(StandardCharsets.UTF_16LE)))
                .hasMessageContaining("UTF-16");
    }

    @Test
    void holdsNoStringWithoutEnd() {
        var text = new StringBuilder("m f=1 1\nm f=\"");
        text.append("x".repeat(33 << 20));
        assertThatThrownBy(() -> read(text.toString()))
                .hasMessageContaining("line 2 has no end within 32 MiB");
    }

    /// A comment with a control character goes to the node, which says what is wrong with it.
    @Test
    void leavesABrokenCommentToTheNode() throws IOException {
        assertThat(read("# a\u0001\n#\tb\n \n\r\nm f=1 1\n").toString())
                .isEqualTo("# a\u0001\nm f=1 1\n");
    }
}
