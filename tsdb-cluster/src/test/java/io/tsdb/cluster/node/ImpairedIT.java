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
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// A node with a measurement that cannot be flushed says so at `/health`, for as long as it is so;
/// it takes writes and answers queries meanwhile.
@Timeout(120)
class ImpairedIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /// Of the first database and the first measurement in it, in the folder of a shard.
    private static final Path FOLDER = Path.of("parts", "1", "1");

    @TempDir Path temporary;

    private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    private static void write(String url, String line) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(url + "/write?db=d"))
                        .POST(BodyPublishers.ofString(line))
                        .build();
        assertThat(HTTP.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(204);
    }

    private static String count(String url, String measurement)
            throws IOException, InterruptedException {
        String query =
                URLEncoder.encode("SELECT count(v) FROM " + measurement, StandardCharsets.UTF_8);
        String answer = get(url + "/api/v1/sql?db=d&format=csv&q=" + query).body();
        return answer.lines().skip(1).findFirst().orElse(answer);
    }

    /// Asks until the answer is so; it works all the time.
    private static String health(String url, Predicate<String> is)
            throws IOException, InterruptedException {
        while (true) {
            HttpResponse<String> answer = get(url + "/health");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("\"status\":\"pass\"");
            if (is.test(answer.body())) {
                return answer.body();
            }
        }
    }

    /// Where a measurement's folder has to come lies a file: nobody can make it then, root neither.
    private static List<Path> obstruct(Path data) throws IOException {
        var obstacles = new ArrayList<Path>();
        try (var shards = Files.newDirectoryStream(data, "shard-*")) {
            for (Path shard : shards) {
                Path obstacle = shard.resolve(FOLDER);
                Files.createDirectories(obstacle.getParent());
                obstacles.add(Files.createFile(obstacle));
            }
        }
        return obstacles;
    }

    @Test
    void healthSaysWhatCannotBeFlushed() throws Exception {
        Path data = temporary.resolve("data");
        try (TsdbProcess node = TsdbProcess.start(data, "--flush-age=1s")) {
            String url = node.awaitReady();
            assertThat(health(url, _ -> true)).doesNotContain("impaired");
            assertThat(get(url + "/metrics").body()).contains("\ntsdb_flush_failures_total 0.0\n");
            List<Path> obstacles = obstruct(data);
            assertThat(obstacles).isNotEmpty();
            write(url, "bad v=1i 1");
            String said = health(url, body -> body.contains("impaired"));
            assertThat(said)
                    .contains("impaired: measurement 'bad' of database 'd' (1/1) of shard")
                    .contains("cannot be flushed");
            assertThat(get(url + "/metrics").body())
                    .containsPattern("(?m)^tsdb_flush_failures_total [1-9]");
            write(url, "bad v=2i 2\ngood v=1i 1");
            assertThat(count(url, "bad")).isEqualTo("2");
            assertThat(count(url, "good")).isEqualTo("1");
            for (Path obstacle : obstacles) {
                Files.delete(obstacle);
            }
            health(url, body -> body.contains("ready for queries and writes"));
            assertThat(count(url, "bad")).isEqualTo("2");
            node.kill();
        }
        try (TsdbProcess node = TsdbProcess.start(data)) {
            String url = node.awaitReady();
            assertThat(count(url, "bad")).isEqualTo("2");
            assertThat(count(url, "good")).isEqualTo("1");
        }
    }
}
