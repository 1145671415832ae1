package io.tsdb.cluster.node.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

class CsvLinesTest {
    /// A header and a cell with the line end that outside of quotes is taken away.
    private static final String CSV = "a,\"b\r\n\"\r\n1,\"\"\r\n,\"x \"\"y\"\"\r\nz\"\r\n";

    private static String through(boolean skipsHeader) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var lines = new CsvLines(bytes, skipsHeader)) {
            lines.write(CSV.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void endsLinesAsOtherToolsDo() throws IOException {
        assertThat(through(false)).isEqualTo("a,\"b\r\n\"\n1,\"\"\n,\"x \"\"y\"\"\r\nz\"\n");
    }

    @Test
    void leavesOutTheHeaderHoweverManyLinesItHas() throws IOException {
        assertThat(through(true)).isEqualTo("1,\"\"\n,\"x \"\"y\"\"\r\nz\"\n");
    }
}
