package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;

/// A client that invents series without end: it is refused before memory ends, and everybody else
/// goes on.
class SeriesLimitIT {
    private static final int LINES_PER_REQUEST = 20_000;

    @TempDir Path directory;
    private final HttpClient client = HttpClient.newHttpClient();

    private HttpResponse<String> post(String url, String body)
            throws IOException, InterruptedException {
        while (true) {
            var request =
                    HttpRequest.newBuilder(URI.create(url))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build();
            HttpResponse<String> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 503) {
                return answer;
            }
        }
    }

    private static String newSeries(int from) {
        var body = new StringBuilder();
        for (int i = from; i < from + LINES_PER_REQUEST; i++) {
            body.append("m,id=").append(i).append(" f=1 1\n");
        }
        return body.toString();
    }

    /// About 33,000 series fit; 400,000 are sent, as one sends ten million.
    @Test
    void newSeriesAreRefusedBeforeMemoryEnds() throws Exception {
        Path data = directory.resolve("data");
        String[] setting = {"--series-memory=8MiB"};
        long taken;
        try (TsdbProcess node = TsdbProcess.start(data, setting)) {
            String url = node.awaitReady();
            assertThat(post(url + "/write?db=d", newSeries(0)).statusCode()).isEqualTo(204);
            int refused = 0;
            for (int from = LINES_PER_REQUEST; from < 400_000; from += LINES_PER_REQUEST) {
                HttpResponse<String> answer = post(url + "/write?db=d", newSeries(from));
                assertThat(answer.statusCode()).isIn(204, 400);
                if (answer.statusCode() == 400) {
                    refused++;
                    assertThat(answer.body())
                            .contains("partial write: no room for a new series")
                            .contains("series-memory");
                }
            }
            assertThat(refused).isGreaterThan(15);
            taken = seriesOf(url);
            assertThat(taken).isBetween(25_000L, 40_000L);
            existingSeriesGoOn(url);
            assertThat(node.terminate()).isEqualTo(128 + 15);
        }
        try (TsdbProcess again = TsdbProcess.start(data, setting)) {
            String url = again.awaitReady();
            assertThat(seriesOf(url)).isEqualTo(taken);
            assertThat(post(url + "/write?db=d", "m,id=new f=1 1").statusCode()).isEqualTo(400);
            existingSeriesGoOn(url);
        }
    }

    /// What there is already goes on; one more of it is refused with the limit and its setting.
    @Test
    void schemasAreLimited() throws Exception {
        String[] settings = {
            "--measurement-fields-max=3",
            "--measurement-tags-max=2",
            "--measurements-max=2",
            "--databases-max=2"
        };
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("data"), settings)) {
            String url = node.awaitReady();
            String d = url + "/write?db=d";
            assertThat(post(d, "m,a=1,b=1 f=1,g=1 1").statusCode()).isEqualTo(204);
            assertThat(post(d, "m h=1,i=1 1").body()).contains("measurement-fields-max");
            assertThat(post(d, "m h=1 1\nm i=1 1").body())
                    .contains("limit is 3 (measurement-fields-max)")
                    .contains("(line 2) dropped=1");
            assertThat(post(d, "m,c=1 f=1 1").body()).contains("measurement-tags-max");
            assertThat(post(d, "n f=1 1\no f=1 1").body()).contains("measurements-max");
            assertThat(post(d, "m,a=2,b=2 f=1,g=1,h=1 1\nn f=2 2").statusCode()).isEqualTo(204);
            assertThat(post(url + "/write?db=e", "m f=1 1").statusCode()).isEqualTo(204);
            HttpResponse<String> third = post(url + "/write?db=x", "m f=1 1");
            assertThat(third.statusCode()).isEqualTo(422);
            assertThat(third.body()).contains("databases-max");
            third = post(url + "/api/v1/sql", "CREATE DATABASE x");
            assertThat(third.body()).contains("limit_exceeded").contains("databases-max");
        }
    }

    /// One database's series do not take another's room, nor does what was dropped.
    @Test
    void seriesOfADatabaseAreLimited() throws Exception {
        Path data = directory.resolve("data");
        String setting = "--database-series-max=3";
        try (TsdbProcess node = TsdbProcess.start(data, setting)) {
            String url = node.awaitReady();
            String d = url + "/write?db=d";
            assertThat(post(d, "m,id=1 f=1 1\nm,id=2 f=1 1\nn,id=2 f=1 1").statusCode())
                    .isEqualTo(204);
            HttpResponse<String> fourth = post(d, "m,id=1 f=2 2\nm,id=3 f=1 1");
            assertThat(fourth.statusCode()).isEqualTo(400);
            assertThat(fourth.body())
                    .contains("the database has 3, the limit is 3 (database-series-max)")
                    .contains("(line 2) dropped=1");
            assertThat(post(url + "/write?db=e", "m,id=3 f=1 1").statusCode()).isEqualTo(204);
            node.kill();
        }
        try (TsdbProcess again = TsdbProcess.start(data, setting)) {
            String url = again.awaitReady();
            String d = url + "/write?db=d";
            assertThat(post(d, "m,id=3 f=1 1").body()).contains("database-series-max");
            assertThat(post(d, "m,id=2 f=3 3").statusCode()).isEqualTo(204);
            assertThat(post(url + "/api/v1/sql?db=d", "DROP MEASUREMENT n").statusCode())
                    .isEqualTo(200);
            assertThat(post(d, "m,id=3 f=1 1").statusCode()).isEqualTo(204);
            assertThat(post(d, "m,id=4 f=1 1").body()).contains("the database has 3");
        }
    }

    /// Also in the request that brings the measurement, and whichever shards the series are of.
    @Test
    void seriesOfAMeasurementAreLimited() throws Exception {
        Path data = directory.resolve("data");
        String setting = "--measurement-series-max=3";
        try (TsdbProcess node = TsdbProcess.start(data, setting)) {
            String url = node.awaitReady();
            String d = url + "/write?db=d";
            HttpResponse<String> first =
                    post(d, "m,id=1 f=1 1\nm,id=2 f=1 1\nn,id=1 f=1 1\nm,id=3 f=1 1\nm,id=4 f=1 1");
            assertThat(first.statusCode()).isEqualTo(400);
            assertThat(first.body())
                    .contains("the measurement has 3, the limit is 3 (measurement-series-max)")
                    .contains("series that exist go on; SHOW CARDINALITY says which tag")
                    .contains("(line 5) dropped=1");
            assertThat(post(d, "n,id=2 f=1 1\nn,id=3 f=1 1\nm,id=3 f=2 2").statusCode())
                    .isEqualTo(204);
            HttpResponse<String> mixed = post(d, "n,id=4 f=1 1\nn,id=1 f=2 2\nm,id=5 f=1 1");
            assertThat(mixed.body()).contains("(line 1)").contains("dropped=2");
            assertThat(post(url + "/write?db=e", "m,id=4 f=1 1").statusCode()).isEqualTo(204);
            node.kill();
        }
        try (TsdbProcess again = TsdbProcess.start(data, setting)) {
            String url = again.awaitReady();
            String d = url + "/write?db=d";
            assertThat(post(d, "m,id=4 f=1 1").body()).contains("the measurement has 3");
            assertThat(post(d, "m,id=2 f=3 3").statusCode()).isEqualTo(204);
            assertThat(post(url + "/api/v1/sql?db=d", "DROP MEASUREMENT m").statusCode())
                    .isEqualTo(200);
            assertThat(post(d, "m,id=4 f=1 1").statusCode()).isEqualTo(204);
        }
    }

    /// Each contract takes the points of series that exist beside those of new ones.
    private void existingSeriesGoOn(String url) throws Exception {
        assertThat(post(url + "/write?db=d", "m,id=1 f=2 2").statusCode()).isEqualTo(204);
        HttpResponse<String> mixed =
                post(url + "/write?db=d", "m,id=2 f=2 3\nm,id=x f=2 3\nm,id=3 f=2 3");
        assertThat(mixed.statusCode()).isEqualTo(400);
        assertThat(mixed.body()).contains("(line 2) dropped=1");
        mixed = post(url + "/api/v2/write?bucket=d", "m,id=2 f=2 4\nm,id=x f=2 4");
        assertThat(mixed.statusCode()).isEqualTo(422);
        mixed = post(url + "/api/v3/write_lp?db=d", "m,id=2 f=2 5\nm,id=x f=2 5");
        assertThat(mixed.statusCode()).isEqualTo(400);
        assertThat(mixed.body()).contains("\"line_number\":2");
        assertThat(count(url, "id%20=%20'2'")).isEqualTo("4");
        assertThat(count(url, "id%20=%20'x'")).isEqualTo("0");
    }

    private String count(String url, String where) throws Exception {
        String query = "/api/v1/sql?db=d&format=csv&q=SELECT+count(*)+FROM+m+WHERE+" + where;
        var request = HttpRequest.newBuilder(URI.create(url + query)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .skip(1)
                .findFirst()
                .orElse("none");
    }

    private long seriesOf(String url) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url + "/metrics")).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith("tsdb_series "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(12)))
                .findFirst()
                .orElseThrow();
    }
}
