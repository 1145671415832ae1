package io.tsdb.cluster.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.questdb.client.Sender;
import io.questdb.client.cutlass.line.LineSenderException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// QuestDB's Java client, over HTTP and TCP. It names no database, so its rows are in the node's
/// line TCP database.
class QuestDbSenderIT {
    private static final String DATABASE = "default";
    private static ClientNode node;

    @BeforeAll
    static void startNode() throws IOException, InterruptedException {
        node = ClientNode.open();
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @Test
    void writesOverHttp() throws Exception {
        String config = "http::addr=" + node.hostAndPort() + ";auto_flush=off;";
        try (Sender sender = Sender.fromConfig(config)) {
            sender.table("over_http")
                    .symbol("place", "a, b")
                    .doubleColumn("f", 1.5)
                    .longColumn("i", -7)
                    .stringColumn("s", "say \"x\"\nnow")
                    .boolColumn("b", true)
                    .timestampColumn("seen", Instant.ofEpochSecond(9))
                    .at(5, ChronoUnit.MICROS);
            sender.table("over_http").doubleColumn("f", 2.5).at(Instant.ofEpochSecond(6));
            sender.flush();
        }
        assertThat(node.rows(DATABASE, "SELECT time, place, f, i, s, b, seen FROM over_http"))
                .containsExactlyInAnyOrder(
                        "5000 a, b 1.5 -7 say \"x\"\nnow true 9000000000",
                        "6000000000 - 2.5 - - - -");
    }

    @Test
    void flushesByItselfAndOnClose() throws Exception {
        String config = "http::addr=" + node.hostAndPort() + ";auto_flush_rows=100;";
        try (Sender sender = Sender.fromConfig(config)) {
            for (int i = 0; i < 1050; i++) {
                sender.table("auto")
                        .symbol("t", "t" + i % 5)
                        .longColumn("i", i)
                        .at(i, ChronoUnit.MILLIS);
            }
        }
        assertThat(node.rows(DATABASE, "SELECT count(*), sum(i) FROM auto"))
                .containsExactly("1050 550725");
    }

    /// The client asserts that an error is chunked (`AbstractLineHttpSender.flush0`), as QuestDB's
    /// and our node's answers to it are, and it does not retry a flush that `close` makes.
    @Test
    void sendsAgainWhatAnOverloadedNodeRefused() throws Exception {
        try (var gate = new OverloadGate(node.url(), 3, true)) {
            String config = "http::addr=" + gate.hostAndPort() + ";auto_flush=off;";
            try (Sender sender = Sender.fromConfig(config)) {
                for (int batch = 0; batch < 4; batch++) {
                    for (int i = 0; i < 250; i++) {
                        sender.table("again")
                                .symbol("t", "t" + i % 5)
                                .longColumn("i", 1)
                                .at(batch * 250L + i, ChronoUnit.MILLIS);
                    }
                    sender.flush();
                }
            }
            assertThat(gate.refused()).isEqualTo(3);
        }
        assertThat(node.rows(DATABASE, "SELECT count(*), sum(i) FROM again"))
                .containsExactly("1000 1000");
    }

    @Test
    void isToldWhyARowWasRefused() throws Exception {
        String config = "http::addr=" + node.hostAndPort() + ";auto_flush=off;";
        try (Sender sender = Sender.fromConfig(config)) {
            sender.table("refused").doubleColumn("f", 1).at(1, ChronoUnit.MICROS);
            sender.flush();
            sender.table("refused").stringColumn("f", "text").at(2, ChronoUnit.MICROS);
            assertThatThrownBy(sender::flush)
                    .isInstanceOf(LineSenderException.class)
                    .hasMessageContaining("is type string, already exists as type float")
                    .hasMessageContaining("400");
            sender.reset();
        }
    }

    @Test
    void writesOverTcp() throws Exception {
        try (Sender sender = Sender.fromConfig("tcp::addr=" + node.lineTcp() + ";")) {
            for (int i = 0; i < 10_000; i++) {
                sender.table("over_tcp")
                        .symbol("t", "t" + i % 10)
                        .longColumn("i", i)
                        .doubleColumn("f", i / 8.0)
                        .at(i, ChronoUnit.MILLIS);
            }
            sender.flush();
        }
        node.awaitRow(
                DATABASE,
                "SELECT count(*), sum(i), sum(f) FROM over_tcp",
                "10000 49995000 6249375.0");
    }

    @Test
    void presentsItsToken() throws Exception {
        try (ClientNode guarded = ClientNode.withAuthentication()) {
            String http = "http::addr=" + guarded.hostAndPort() + ";retry_timeout=0;";
            try (Sender sender = Sender.fromConfig(http + "token=" + ClientNode.TOKEN + ";")) {
                sender.table("guarded").longColumn("i", 1).at(1, ChronoUnit.MICROS);
                sender.flush();
            }
            assertThat(guarded.rows(DATABASE, "SELECT time, i FROM guarded"))
                    .containsExactly("1000 1");
            try (Sender stranger = Sender.fromConfig(http)) {
                stranger.table("guarded").longColumn("i", 2).at(2, ChronoUnit.MICROS);
                assertThatThrownBy(stranger::flush).hasMessageContaining("401");
                stranger.reset();
            }
        }
    }
}
