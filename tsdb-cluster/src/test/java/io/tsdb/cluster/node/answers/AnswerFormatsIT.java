package io.tsdb.cluster.node.answers;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;

import io.tsdb.cluster.node.TsdbProcess;

import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// The formats and codings of answers, from a node over HTTP.
class AnswerFormatsIT {
    private static final int ROWS = 20_000;
    private static final String ALL = "SELECT time, v, n, s FROM m ORDER BY time";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir static Path directory;
    private static TsdbProcess node;
    private static String url;

    @BeforeAll
    static void start() throws Exception {
        node = TsdbProcess.start(directory.resolve("data"));
        url = node.awaitReady();
        var lines = new StringBuilder();
        for (int i = 0; i < ROWS; i++) {
            lines.append("m,k=a v=").append(i).append(".25");
            if (i % 2 == 0) {
                lines.append(",n=").append(i).append("i,s=\"row <").append(i).append(">\"");
            }
            lines.append(' ').append(i).append("000000001\n");
        }
        HttpRequest write =
                HttpRequest.newBuilder(URI.create(url + "/write?db=db"))
                        .POST(HttpRequest.BodyPublishers.ofString(lines.toString()))
                        .build();
        assertThat(HTTP.send(write, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(204);
    }

    @AfterAll
    static void end() {
        node.close();
    }

    private static HttpResponse<byte[]> ask(String sql, String more, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + "/api/v1/sql?db=db" + more))
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString(sql));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static void checkArrow(InputStream in) throws IOException {
        try (var allocator = new RootAllocator();
                var reader = new ArrowStreamReader(in, allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            long next = 0;
            while (reader.loadNextBatch()) {
                for (int row = 0; row < root.getRowCount(); row++, next++) {
                    assertThat(root.getVector("time").getObject(row))
                            .isEqualTo(next * 1_000_000_000L + 1);
                    assertThat(root.getVector("v").getObject(row)).isEqualTo(next + 0.25);
                    Object n = root.getVector("n").getObject(row);
                    Object s = root.getVector("s").getObject(row);
                    assertThat(n).isEqualTo(next % 2 == 0 ? next : null);
                    assertThat(s == null ? null : s.toString())
                            .isEqualTo(next % 2 == 0 ? "row <" + next + ">" : null);
                }
            }
            assertThat(next).isEqualTo(ROWS);
        }
    }

    @Test
    void arrowByParameterAndByAccept() throws Exception {
        HttpResponse<byte[]> byParameter = ask(ALL, "&format=arrow");
        assertThat(byParameter.headers().firstValue("Content-Type"))
                .hasValue("application/vnd.apache.arrow.stream");
        checkArrow(new ByteArrayInputStream(byParameter.body()));
        HttpResponse<byte[]> byAccept =
                ask(ALL, "", "Accept", "application/vnd.apache.arrow.stream, */*;q=0.1");
        assertThat(byAccept.body()).isEqualTo(byParameter.body());
    }

    @Test
    void errorsBeforeRowsAreJsonWithAStatus() throws Exception {
        HttpResponse<byte[]> response = ask("SELECT nothing FROM m", "&format=arrow");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(new String(response.body(), StandardCharsets.UTF_8)).contains("unknown_column");
    }

    @Test
    void compressedAsTheClientCanRead() throws Exception {
        byte[] plain = ask(ALL, "&format=arrow").body();
        HttpResponse<byte[]> zstd =
                ask(ALL, "&format=arrow", "Accept-Encoding", "gzip, deflate, zstd");
        assertThat(zstd.headers().firstValue("Content-Encoding")).hasValue("zstd");
        assertThat(zstd.headers().firstValue("Vary")).hasValue("Accept, Accept-Encoding");
        assertThat(zstd.body().length).isLessThan(plain.length / 2);
        assertThat(new ZstdInputStream(new ByteArrayInputStream(zstd.body())).readAllBytes())
                .isEqualTo(plain);
        HttpResponse<byte[]> gzip =
                ask(ALL, "&format=csv", "Accept-Encoding", "zstd;q=0, gzip;q=0.5");
        assertThat(gzip.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes())
                .isEqualTo(ask(ALL, "&format=csv").body());
        assertThat(ask(ALL, "", "Accept-Encoding", "br").headers().firstValue("Content-Encoding"))
                .isEmpty();
        HttpResponse<byte[]> wrong = ask("SELECT", "", "Accept-Encoding", "gzip");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(new String(wrong.body(), StandardCharsets.UTF_8)).contains("syntax_error");
    }

    @Test
    void aLinePerRow() throws Exception {
        HttpResponse<byte[]> response = ask(ALL, "", "Accept", "application/x-ndjson");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        String[] lines = new String(response.body(), StandardCharsets.UTF_8).split("\n");
        assertThat(lines).hasSize(ROWS);
        assertThat(lines[1])
                .isEqualTo(
                        "{\"time\":\"1970-01-01T00:00:01.000000001Z\",\"v\":1.25,\"n\":null,"
                                + "\"s\":null}");
        JsonNode last = JsonMapper.builder().build().readTree(lines[ROWS - 2]);
        assertThat(last.get("s").asString()).isEqualTo("row <" + (ROWS - 2) + ">");
        assertThat(new String(ask(ALL, "&format=ndjson&epoch=s").body(), StandardCharsets.UTF_8))
                .startsWith("{\"time\":0,\"v\":0.25,\"n\":0,\"s\":\"row \\u003c0>\"}\n");
    }
}
