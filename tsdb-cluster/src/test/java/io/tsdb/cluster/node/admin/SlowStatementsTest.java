package io.tsdb.cluster.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.tsdb.query.http.EndedStatement;
import io.tsdb.query.http.StatementKind;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;

class SlowStatementsTest {
    private final SlowStatements slow = new SlowStatements(() -> Instant.EPOCH);

    private void ended(String text, long millis) {
        slow.ended(
                new EndedStatement(
                        StatementKind.SELECT,
                        "d",
                        text,
                        "somebody",
                        "10.0.0.7",
                        TimeUnit.MILLISECONDS.toNanos(millis),
                        3,
                        ""));
    }

    /// However many there are; what took less than a second is none.
    @Test
    void keepsTheLastHundred() {
        ended("short", 999);
        for (int i = 0; i < 150; i++) {
            ended("SELECT " + i + " < \"a\"", 1000 + i);
        }
        var request =
                new AdminRequest(HttpMethod.GET, new DefaultHttpHeaders(), Map.of(), "", "w", "f");
        JsonNode said =
                new ObjectMapper()
                        .readTree(slow.answer(request).content().toString(StandardCharsets.UTF_8))
                        .get("statements");
        assertThat(said).hasSize(100);
        assertThat(said.get(0).get("statement").asString()).isEqualTo("SELECT 149 < \"a\"");
        assertThat(said.get(0).get("ms").asInt()).isEqualTo(1149);
        assertThat(said.get(99).get("ms").asInt()).isEqualTo(1050);
        assertThat(said.get(0).get("ended").asString()).isEqualTo("1970-01-01T00:00:00Z");
    }
}
