package io.tsdb.cluster.node.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tsdb.cluster.node.TsdbProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/// `tsdb import`, `export` and `sql` as processes against a node in a process.
class ImportIT {
    private static final long STEP_NANOS = 1_000_000_000L;
    private static final long START_NANOS = 1_767_225_600_000_000_000L;

    @TempDir Path temporary;

    private int run(String... arguments) throws Exception {
        try (TsdbProcess process = TsdbProcess.run(temporary, arguments)) {
            int status = process.awaitEnd();
            System.out.println(process.output() + process.errors());
            return status;
        }
    }

    private static String csv(String url, String database, String sql) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            String query =
                    "/api/v1/sql?format=csv&epoch=ns&db="
                            + database
                            + "&q="
                            + URLEncoder.encode(sql, StandardCharsets.UTF_8);
            HttpResponse<String> response =
                    client.send(
                            HttpRequest.newBuilder(URI.create(url + query)).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return response.body();
        }
    }

    @Test
    void keepsEveryValueOfTheSharedSensorSeriesThroughParquet() throws Exception {
        Path sensors = Path.of("..", "..", "shared", "data", "sensors");
        assumeTrue(
                Files.isDirectory(sensors),
                "the shared sensor series are not beside this checkout: " + sensors);
        List<Path> files;
        try (Stream<Path> list = Files.list(sensors)) {
            files = list.filter(file -> file.toString().endsWith(".csv")).sorted().toList();
        }
        assertThat(files).isNotEmpty();
        Path data = temporary.resolve("data");
        try (TsdbProcess node = TsdbProcess.start(data)) {
            String url = node.awaitReady();
            for (Path file : files) {
                int status =
                        run(
                                "import",
                                "--url=" + url,
                                "--db=sensors",
                                "--columns=value",
                                "--field=value:float",
                                "--start=2026-01-01T00:00:00Z",
                                "--step=1s",
                                file.toString());
                assertThat(status).isEqualTo(0);
            }
            node.terminate();
        }
        try (Stream<Path> parts = Files.walk(data)) {
            assertThat(parts.filter(file -> file.toString().endsWith(".parquet")))
                    .as("a clean stop leaves the rows in Parquet")
                    .isNotEmpty();
        }
        try (TsdbProcess node = TsdbProcess.start(data)) {
            String url = node.awaitReady();
            for (Path file : files) {
                compare(file, url);
            }
        }
    }

    private static void compare(Path file, String url) throws Exception {
        String name = file.getFileName().toString().replace(".csv", "");
        String[] rows =
                csv(url, "sensors", "SELECT time, value FROM \"" + name + "\" ORDER BY time")
                        .split("\r\n");
        int row = 1;
        long line = 0;
        for (String text : Files.readAllLines(file)) {
            String cell = text.replace("\"", "");
            if (!cell.isBlank()) {
                String[] found = rows[row++].split(",");
                assertThat(Long.parseLong(found[0])).isEqualTo(START_NANOS + line * STEP_NANOS);
                assertThat(Double.doubleToRawLongBits(Double.parseDouble(found[1])))
                        .as(name + " line " + (line + 1))
                        .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(cell)));
            }
            line++;
        }
        assertThat(rows.length).as("rows of " + name).isEqualTo(row);
        System.out.println(name + ": " + (row - 1) + " values equal to the bit after a restart");
    }

    @Test
    void exportsWhatAnotherNodeCanImport() throws Exception {
        Path lines = temporary.resolve("in.lp");
        Files.writeString(
                lines,
                "# tool --tag x=\"y\n"
                        + "m\\ 1,t=a\\,b,u=ü i=-5i,f=1.5,b=true,s=\"say \\\"hi\\\" \\\\ é\" 1\n"
                        + "m\\ 1,t=a\\,b i=9223372036854775807i 2\n"
                        + "m\\ 1 f=1e-300,s=\"two\r\nlines\" 3\n"
                        + "m\\ 1 s=\"\" 4\n");
        Path out = temporary.resolve("out.lp.gz");
        Path csv = temporary.resolve("m 1.csv");
        String all = "SELECT * FROM \"m 1\" ORDER BY time";
        String rows;
        try (TsdbProcess node = TsdbProcess.start(temporary.resolve("data"))) {
            String from = "--url=" + node.awaitReady();
            assertThat(run("import", from, "--db=one", lines.toString())).isEqualTo(0);
            String what = "--measurement=m 1";
            assertThat(run("export", from, "--db=one", "--gzip", "-o", out.toString())).isZero();
            assertThat(run("export", from, "--db=one", what, "--format=csv", "-o", csv.toString()))
                    .isZero();
            rows = csv(from.substring(6), "one", all);
            assertThat(rows).contains("9223372036854775807").contains("two\r\nlines");
        }
        try (TsdbProcess node = TsdbProcess.start(temporary.resolve("other"))) {
            String to = "--url=" + node.awaitReady();
            assertThat(run("import", to, "--db=two", out.toString())).isZero();
            assertThat(run("import", to, "--db=three", csv.toString())).isZero();
            assertThat(csv(to.substring(6), "two", all)).isEqualTo(rows);
            assertThat(csv(to.substring(6), "three", all)).isEqualTo(rows);
        }
    }

    /// What is in before a fault is said, for both kinds of file.
    @Test
    void saysThatAGzipFileWasCutOff() throws Exception {
        var random = new Random(7);
        var lines = new StringBuilder();
        var table = new StringBuilder("time,room,f\n");
        for (int i = 1; i <= 150_000; i++) {
            long value = random.nextLong();
            lines.append("m f=").append(value).append("i ").append(i).append('\n');
            table.append(i).append(",kitchen,").append(value).append('\n');
        }
        try (TsdbProcess node = TsdbProcess.start(temporary.resolve("data"))) {
            String url = node.awaitReady();
            for (String name : List.of("cut.lp.gz", "cut.csv.gz")) {
                Path file = temporary.resolve(name);
                String text = (name.contains("csv") ? table : lines).toString();
                byte[] whole = gzip(text);
                Files.write(file, Arrays.copyOf(whole, whole.length * 9 / 10));
                try (TsdbProcess process =
                        TsdbProcess.run(
                                temporary, "import", "--url=" + url, "--db=c", file.toString())) {
                    assertThat(process.awaitEnd()).isNotZero();
                    assertThat(process.errors())
                            .contains("the compressed data end early: the file was cut off")
                            // a CSV file is read through before its first line is sent
                            .contains(name.contains("csv") ? "line " : " lines are imported and");
                }
            }
        }
    }

    private static byte[] gzip(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void saysWhatItTookACsvFileFor() throws Exception {
        Path csv = temporary.resolve("plant.csv");
        Files.writeString(csv, "time;device;temp\n5;1;20,5\n5;2;21,5\n5;2;22,5\n");
        try (TsdbProcess node = TsdbProcess.start(temporary.resolve("data"))) {
            String url = node.awaitReady();
            try (TsdbProcess process =
                    TsdbProcess.run(
                            temporary, "import", "--url=" + url, "--db=p", csv.toString())) {
                assertThat(process.awaitEnd()).isZero();
                assertThat(process.output())
                        .contains("3 lines in")
                        .contains("  delimiter: ';'\n")
                        .contains("  time: time (numbers, s)\n")
                        .contains("  tags: device (its name)\n")
                        .contains("  fields: temp float (decimal commas)");
                assertThat(process.errors()).contains("warning: 1 of 3 rows fell together");
            }
            assertThat(csv(url, "p", "SELECT device, temp FROM plant ORDER BY device"))
                    .isEqualTo("device,temp\r\n1,20.5\r\n2,22.5\r\n");
        }
    }

    @Test
    void answersOnTheCommandLine() throws Exception {
        Path lines = temporary.resolve("in.lp");
        Files.writeString(lines, "plant,room=a temp=21.5 1000000000\n");
        try (TsdbProcess node = TsdbProcess.start(temporary.resolve("data"))) {
            String url = node.awaitReady();
            assertThat(run("import", "--url=" + url, "--db=p", lines.toString())).isEqualTo(0);
            try (TsdbProcess sql =
                    TsdbProcess.run(
                            temporary,
                            "sql",
                            "--url=" + url,
                            "--db=p",
                            "--format=csv",
                            "-c",
                            "SELECT room, temp FROM plant; SELECT count(*) AS n FROM plant;")) {
                assertThat(sql.awaitEnd()).isEqualTo(0);
                assertThat(sql.output()).isEqualTo("room,temp\na,21.5\nn\n1");
            }
            try (TsdbProcess wrong =
                    TsdbProcess.run(
                            temporary,
                            "sql",
                            "--url=" + url,
                            "--db=p",
                            "-c",
                            "SELECT tmp FROM plant")) {
                assertThat(wrong.awaitEnd()).isEqualTo(1);
                assertThat(wrong.errors()).contains("       ^").contains("did you mean 'temp'?");
            }
        }
    }

    @Test
    void saysWhatANodeRefuses() throws Exception {
        Path lines = temporary.resolve("bad.lp");
        Files.writeString(lines, "m v=1 1\nm v= 2\nm v=3 3\n");
        try (TsdbProcess node = TsdbProcess.start(temporary.resolve("data"))) {
            String url = node.awaitReady();
            try (TsdbProcess process =
                    TsdbProcess.run(
                            temporary, "import", "--url=" + url, "--db=p", lines.toString())) {
                assertThat(process.awaitEnd()).isEqualTo(1);
                assertThat(process.output())
                        .contains("2 lines in")
                        .contains("1 lines were refused");
                assertThat(process.errors())
                        .contains("line 2: missing field value")
                        .contains("'m v= 2'");
            }
            assertThat(csv(url, "p", "SELECT count(*) FROM m")).contains("\r\n2\r\n");
        }
    }
}
