package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Names of every length and of every character, through writes, a flush, kill -9 and restarts:
/// what was acknowledged comes back, what is too long is refused with the limit.
@Timeout(300)
class NamesIT {
    private static final int LINES = Integer.getInteger("tsdb.names", 150);
    private static final int[] LENGTHS = {1, 2, 7, 100, 254, 255, 256, 1_023, 1_024, 1_025, 5_000};

    /// Besides letters: what grammars, file systems and encodings have a meaning for.
    private static final String ODD = " ,=\"'/.*#?%&:;<>|()[]{}$!~^`@+-_äß→😀\u00A0\uFEFF";

    @TempDir Path data;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Random random = new Random(Long.getLong("tsdb.seed", 1));

    /// By what its names are; short ones come twice.
    private final Map<String, Line> acknowledged = new HashMap<>();

    private String url = "";
    private int refused;

    private record Line(
            String database, String measurement, String tag, String value, String field, long n) {
        String text() {
            return "%s,%s=%s %s=%di 1700000000000000000"
                    .formatted(
                            measurement.replaceAll("([ ,])", "\\\\$1"), // = is no end of it
                            escaped(tag),
                            escaped(value),
                            escaped(field),
                            n);
        }

        private static String escaped(String name) {
            return name.replaceAll("([ ,=])", "\\\\$1");
        }

        String query() {
            return "SELECT %s FROM %s WHERE %s = '%s'"
                    .formatted(
                            quoted(field),
                            quoted(measurement),
                            quoted(tag),
                            value.replace("'", "''"));
        }

        private static String quoted(String name) {
            return '"' + name.replace("\"", "\"\"") + '"';
        }

        boolean fits() {
            return bytes(database) <= 255
                    && bytes(measurement) <= 1_024
                    && bytes(tag) <= 1_024
                    && bytes(field) <= 1_024;
        }

        private static int bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8).length;
        }
    }

    private String name(int length) {
        var name = new StringBuilder();
        while (name.length() < length) {
            if (random.nextInt(4) == 0) {
                int at = random.nextInt(ODD.codePointCount(0, ODD.length()));
                name.appendCodePoint(ODD.codePointAt(ODD.offsetByCodePoints(0, at)));
            } else {
                name.append((char) ('a' + random.nextInt(26)));
            }
        }
        // a line that begins with # is a comment; an own first letter keeps names apart
        return "n" + name.substring(0, length - 1).replace("\uD83D", "").replace("\uDE00", "");
    }

    private String odd() {
        return name(LENGTHS[random.nextInt(LENGTHS.length)]);
    }

    private Line line(long n) {
        int long1 = random.nextInt(4);
        return new Line(
                random.nextInt(8) == 0 ? name(1 + random.nextInt(257)).replace('/', '_') : "d",
                long1 == 0 ? odd() : "m" + n,
                long1 == 1 ? odd() : "host",
                random.nextInt(4) == 0 ? odd() : "a",
                long1 == 2 ? odd() : "v",
                n);
    }

    private HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private void write(Line line) throws IOException, InterruptedException {
        var target = URI.create(url + "/write?db=" + encoded(line.database()));
        HttpResponse<String> answer =
                send(
                        HttpRequest.newBuilder(target)
                                .POST(HttpRequest.BodyPublishers.ofString(line.text())));
        if (line.fits()) {
            assertThat(answer.statusCode()).as("%s: %s", line, answer.body()).isEqualTo(204);
            acknowledged.put(line.database() + '\n' + line.query(), line);
        } else {
            assertThat(answer.statusCode()).as(line.toString()).isEqualTo(400);
            assertThat(answer.body())
                    .as(line.toString())
                    .containsPattern("at most (255|1024) bytes");
            refused++;
        }
    }

    private void readBack() throws IOException, InterruptedException {
        for (Line line : acknowledged.values()) {
            String parameters =
                    "db=" + encoded(line.database()) + "&format=csv&q=" + encoded(line.query());
            HttpResponse<String> answer =
                    send(
                            HttpRequest.newBuilder(URI.create(url + "/api/v1/sql"))
                                    .header("Content-Type", "application/x-www-form-urlencoded")
                                    .POST(HttpRequest.BodyPublishers.ofString(parameters)));
            assertThat(answer.body()).as("%s", line).endsWith("\r\n" + line.n() + "\r\n");
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// A line's bytes as they are; what is acknowledged must be found.
    private void writeRaw(Line line, byte[] text) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                send(
                        HttpRequest.newBuilder(URI.create(url + "/write?db=" + line.database()))
                                .POST(HttpRequest.BodyPublishers.ofByteArray(text)));
        if (answer.statusCode() == 204) {
            acknowledged.put(line.database() + '\n' + line.query(), line);
        } else {
            assertThat(answer.statusCode()).as("%s: %s", line, answer.body()).isEqualTo(400);
            refused++;
        }
    }

    /// Four names of each length up to some above the limits, and each byte in each of the places.
    private void writeEveryLengthAndByte() throws IOException, InterruptedException {
        for (int length = 1; length <= 1_030; length++) {
            String name = "x".repeat(length - 1) + (char) ('a' + length % 26);
            write(new Line("d", name, "host", "a", "v", length));
            write(new Line("d", "t" + length / 200, name, "a", "v", length));
            write(new Line("d", "values", "host", name, "v", length));
            write(new Line("d", "fields", "host", "a", name, length));
            if (length <= 260) {
                write(new Line(name, "m", "host", "a", "v", length));
            }
        }
        for (int b = 0; b < 256; b++) {
            String name = "n" + (char) b + "z";
            long n = 10_000L + b;
            for (Line line :
                    List.of(
                            new Line("bytes", name, "host", "a", "v", n),
                            new Line("bytes", "t" + b / 100, name, "a", "v", n),
                            new Line("bytes", "values", "host", name, "v", n),
                            new Line("bytes", "fields", "host", "a", name, n))) {
                writeRaw(line, line.text().getBytes(StandardCharsets.ISO_8859_1));
            }
        }
    }

    @Test
    void everyLengthAndEveryByteComeBackOrAreRefused() throws Exception {
        String databases = "--databases-max=2000";
        try (var tsdb = TsdbProcess.start(data, databases)) {
            url = tsdb.awaitReady();
            writeEveryLengthAndByte();
            tsdb.kill();
        }
        System.out.println(
                "NamesIT: " + acknowledged.size() + " acknowledged, " + refused + " refused");
        try (var tsdb = TsdbProcess.start(data, databases)) {
            url = tsdb.awaitReady();
            readBack();
            tsdb.terminate(); // flushes
        }
        try (var tsdb = TsdbProcess.start(data, databases)) {
            url = tsdb.awaitReady();
            readBack();
        }
        // of 256 bytes those from 128 on are no UTF-8, in each of four places
        assertThat(refused).isGreaterThanOrEqualTo(6 * 3 + 5 + 4 * 128);
        assertThat(acknowledged.size()).isGreaterThan(4 * 1_024 + 255 + 4 * 90);
    }

    @Test
    void comeBackAsTheyWereAcknowledged() throws Exception {
        try (var tsdb = TsdbProcess.start(data)) {
            url = tsdb.awaitReady();
            for (int n = 0; n < LINES / 2; n++) {
                write(line(n));
            }
            readBack();
            tsdb.terminate(); // flushes
        }
        try (var tsdb = TsdbProcess.start(data)) {
            url = tsdb.awaitReady();
            readBack();
            for (int n = LINES / 2; n < LINES; n++) {
                write(line(n));
            }
            tsdb.kill();
        }
        try (var tsdb = TsdbProcess.start(data)) {
            url = tsdb.awaitReady();
            readBack();
        }
        assertThat(acknowledged.size()).isGreaterThan(LINES / 3);
        assertThat(refused).isGreaterThan(LINES / 20);
    }
}
