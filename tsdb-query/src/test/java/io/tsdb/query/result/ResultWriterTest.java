package io.tsdb.query.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

class ResultWriterTest {
    private static final QueryException TOO_LONG =
            new QueryException(QueryErrorCode.TIMEOUT, new Position(0, 0), "took too long");

    private static String write(ResultWriter writer, FixedResult result) throws IOException {
        var out = new ByteArrayOutputStream();
        writer.write(result, (bytes, length) -> out.write(bytes, 0, length));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void writesRowsOfAllTypesAsJson() throws IOException {
        String text =
                write(
                        new JsonResultWriter(TimeFormat.RFC3339, () -> 1_500_000),
                        new FixedResult(2, 1, null));
        assertThat(text)
                .isEqualTo(
                        "{\"columns\":[{\"name\":\"timestamp\",\"type\":\"timestamp\"},"
                                + "{\"name\":\"int64\",\"type\":\"int64\"},"
                                + "{\"name\":\"float64\",\"type\":\"float64\"},"
                                + "{\"name\":\"bool\",\"type\":\"bool\"},"
                                + "{\"name\":\"string\",\"type\":\"string\"}],\"rows\":["
                                + "[\"1970-01-01T00:00:00Z\",0,0.0,false,\"plain\"],"
                                + "[\"1970-01-01T00:00:01Z\",null,0.25,true,"
                                + "\"a,\\\"b\\\"\\n\\u003cc>\"]],"
                                + "\"rowCount\":2,\"elapsedMs\":1.5}\n");
    }

    @Test
    void writesManyBatchesThatAParserReads() throws IOException {
        String text =
                write(
                        new JsonResultWriter(TimeFormat.NANOSECONDS, () -> 0),
                        new FixedResult(1000, 30, null));
        JsonNode root = JsonMapper.builder().build().readTree(text);
        assertThat(root.get("rowCount").asInt()).isEqualTo(30_000);
        assertThat(root.get("rows").size()).isEqualTo(30_000);
        JsonNode row = root.get("rows").get(29_999);
        assertThat(row.get(0).asLong()).isEqualTo(29_999_000_000_000L);
        assertThat(row.get(2).asDouble()).isEqualTo(29_999 / 4.0);
        assertThat(row.get(4).asString()).isEqualTo("é");
    }

    @Test
    void endsWithAnErrorWhenTheQueryFailsAfterRows() throws IOException {
        String text =
                write(
                        new JsonResultWriter(TimeFormat.RFC3339, () -> 0),
                        new FixedResult(1000, 10, TOO_LONG));
        JsonNode root = JsonMapper.builder().build().readTree(text);
        assertThat(root.get("rows").size()).isEqualTo(10_000);
        assertThat(root.get("error").get("code").asString()).isEqualTo("timeout");
        assertThat(root.has("rowCount")).isFalse();
    }

    @Test
    void throwsWhenTheQueryFailsBeforeRowsHaveLeft() {
        for (int batches = 0; batches < 3; batches++) {
            var result = new FixedResult(3, batches, TOO_LONG);
            assertThatThrownBy(
                            () -> write(new JsonResultWriter(TimeFormat.RFC3339, () -> 0), result))
                    .isSameAs(TOO_LONG);
        }
    }

    @Test
    void writesCsvWithQuotesWhereNeeded() throws IOException {
        assertThat(write(new CsvResultWriter(TimeFormat.SECONDS), new FixedResult(3, 1, null)))
                .isEqualTo(
                        "timestamp,int64,float64,bool,string\r\n"
                                + "0,0,0.0,false,plain\r\n"
                                + "1,,0.25,true,\"a,\"\"b\"\"\n<c>\"\r\n"
                                + "2,2,0.5,false,é\r\n");
    }

    @Test
    void writesTheHeaderOfAnEmptyResult() throws IOException {
        assertThat(write(new CsvResultWriter(TimeFormat.SECONDS), new FixedResult(3, 0, null)))
                .isEqualTo("timestamp,int64,float64,bool,string\r\n");
        assertThat(
                        write(
                                new JsonResultWriter(TimeFormat.RFC3339, () -> 0),
                                new FixedResult(3, 0, null)))
                .endsWith("\"rows\":[],\"rowCount\":0,\"elapsedMs\":0.0}\n");
    }
}
