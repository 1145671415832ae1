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
