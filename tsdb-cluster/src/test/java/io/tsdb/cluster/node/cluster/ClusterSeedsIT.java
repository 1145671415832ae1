package io.tsdb.cluster.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;
import io.tsdb.cluster.raft.FreePorts;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Seeds by a name that stands for all nodes, as that of a headless service does.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ClusterSeedsIT {
    private static final String NAME = "nodes.test";
    private static final int FIRST = 3;

    @TempDir Path temporary;

    private Path hosts = Path.of("");
    private List<Integer> ports = List.of();

    /// What the name stands for from now on.
    private void stands(int nodes) throws Exception {
        var lines = new ArrayList<String>();
        for (int node = 1; node <= nodes; node++) {
            lines.add("127.0.0." + node + " " + NAME);
        }
        hosts = Files.write(temporary.resolve("hosts"), lines);
    }

    private TsdbProcess start(int node) throws Exception {
        String host = "127.0.0." + node + ":";
        return TsdbProcess.runWith(
                temporary,
                List.of("-Djdk.net.hosts.file=" + hosts),
                Map.of(),
                "start",
                "--data=" + temporary.resolve("node-" + node),
                "--http=127.0.0.1:0",
                "--line-tcp=off",
                "--disk-reserve=1MiB",
                "--cluster",
                "--cluster-shards=1",
                "--cluster-nodes=" + FIRST,
                "--cluster-seeds=" + NAME + ":" + ports.get(0),
                "--cluster-listen=" + host + ports.get(0),
                "--cluster-raft=" + host + ports.get(1));
    }

    private static int members(HttpClient client, URI node) throws Exception {
        String map =
                client.send(
                                HttpRequest.newBuilder(node.resolve("/api/v1/cluster")).build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
        return map.split("\"address\"", -1).length - 1;
    }

    /// Two nodes are not enough, though the name stands for no more when they start; a fourth one
    /// joins by the same settings.
    @Test
    void aNameThatStandsForManyNodesIsEnough() throws Exception {
        ports = FreePorts.take(2);
        stands(2);
        try (HttpClient client = HttpClient.newHttpClient();
                TsdbProcess one = start(1);
                TsdbProcess two = start(2)) {
            one.awaitError("2 of 3 nodes have answered");
            stands(FIRST);
            try (TsdbProcess three = start(3)) {
                for (TsdbProcess node : List.of(one, two, three)) {
                    assertThat(members(client, URI.create(node.awaitReady()))).isEqualTo(FIRST);
                }
                stands(FIRST + 1);
                try (TsdbProcess four = start(4)) {
                    URI url = URI.create(four.awaitReady());
                    assertThat(members(client, url)).isEqualTo(FIRST + 1);
                }
            }
        }
    }
}
