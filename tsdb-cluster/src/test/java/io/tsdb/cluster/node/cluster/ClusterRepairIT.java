package io.tsdb.cluster.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;
import io.tsdb.storage.parquet.PageFile;
import io.tsdb.storage.parquet.PageSpan;
import io.tsdb.storage.parquet.ParquetFooter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Parts that are damaged on one node's disk, in real processes: the answer stays right, and the
/// part is whole again, from another node.
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ClusterRepairIT {
    /// Cannot be answered from statistics: blocks must be read.
    private static final String SQL = "SELECT count(*), sum(v), sum(x) FROM m WHERE v % 7 = 3";

    private static final int ROUNDS = 3;

    @TempDir Path temporary;

    private record Command(int status, String output) {}

    private Command command(String... words) throws Exception {
        try (TsdbProcess process = TsdbProcess.run(temporary, words)) {
            int status = process.awaitEnd();
            return new Command(status, process.output() + process.errors());
        }
    }

    private Command check(ClusterProcesses cluster, int node) throws Exception {
        return command("check", "--cluster", "--url=" + cluster.url(node));
    }

    private static void flip(Path file, int offset) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[offset] ^= 1;
        Files.write(file, bytes);
    }

    /// Where the middle of the first page of times lies.
    private static int timePage(byte[] parquet) {
        var file =
                new PageFile() {
                    @Override
                    public String path() {
                        return "part";
                    }

                    @Override
                    public void read(long offset, byte[] target, int length) {
                        System.arraycopy(parquet, (int) offset, target, 0, length);
                    }
                };
        PageSpan page =
                ParquetFooter.read(file, parquet.length, "tsdb.tags")
                        .rowGroups()
                        .getFirst()
                        .time()
                        .pages()
                        .getFirst();
        return (int) page.offset() + page.length() / 2;
    }

    private static boolean holds(Path file, byte[] bytes) throws IOException {
        return Files.exists(file) && Arrays.equals(Files.readAllBytes(file), bytes);
    }

    /// Writes until all nodes have the same parts of both shards.
    private static void fill(ClusterParts parts) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            parts.write(round % ClusterProcesses.SIZE, round);
        }
        parts.awaitSame();
    }

    @Test
    void aQueryThatMeetsAFlippedBitIsAnsweredElsewhereAndThePartIsMended() throws Exception {
        try (var cluster = new ClusterProcesses(temporary, "--flush-age=500ms");
                var parts = new ClusterParts(cluster)) {
            cluster.launchAll();
            fill(parts);
            String expected = parts.query(0, SQL);
            assertThat(expected).isNotEqualTo("0,,");
            cluster.process(2).kill(); // so that nothing of it is in a cache
            var whole = new ArrayList<byte[]>();
            List<Path> files = ClusterParts.files(cluster.data(2));
            for (Path file : files) {
                whole.add(Files.readAllBytes(file));
                flip(file, timePage(whole.getLast()));
            }
            cluster.launch(2);
            cluster.awaitReady(2);
            for (int i = 0; i < files.size(); i++) {
                Path file = files.get(i);
                byte[] bytes = whole.get(i);
                ClusterParts.await(
                        () -> {
                            // until its own replica is asked, which may be late on a busy machine
                            assertThat(parts.query(2, SQL)).isEqualTo(expected);
                            return holds(file, bytes);
                        },
                        cluster.process(2)::errors);
            }
            ClusterParts.await(
                    () -> parts.metric(2, "tsdb_damages") == 0, cluster.process(2)::errors);
            assertThat(parts.metric(2, "tsdb_part_repairs_total{outcome=\"mended\"}"))
                    .isEqualTo(files.size());
            assertThat(parts.get(2, "/api/v1/cluster/events"))
                    .contains("repair", "CRC", "whole again", "copied from");
            // it answers by itself again, with the other two gone
            cluster.process(0).kill();
            cluster.process(1).kill();
            assertThat(
                            parts.get(
                                    2,
                                    "/api/v1/sql?db=c&format=csv&consistency=eventual&q="
                                            + SQL.replace("%", "%25").replace(" ", "+")))
                    .contains(expected);
        }
    }

    @Test
    void checkMendsWhatNobodyAskedFor() throws Exception {
        try (var cluster = new ClusterProcesses(temporary, "--flush-age=500ms");
                var parts = new ClusterParts(cluster)) {
            cluster.launchAll();
            fill(parts);
            Command whole = check(cluster, 1);
            assertThat(whole.status()).as(whole.output()).isZero();
            assertThat(whole.output()).containsPattern("(?m)^whole: [1-9].* at 3 members$");
            // a bit in the middle at one node, a file that is gone at another one
            Path flipped = ClusterParts.files(cluster.data(0)).getFirst();
            byte[] bytes = Files.readAllBytes(flipped);
            flip(flipped, bytes.length / 2);
            Path gone = ClusterParts.files(cluster.data(2)).getLast();
            byte[] lost = Files.readAllBytes(gone);
            Files.delete(gone);
            Command mended = check(cluster, 1);
            assertThat(mended.status()).as(mended.output()).isZero();
            assertThat(mended.output())
                    .contains("mended    shard", flipped.toString(), gone.toString());
            assertThat(flipped).hasBinaryContent(bytes);
            assertThat(gone).hasBinaryContent(lost);
            parts.awaitSame();
            // damaged at all: nobody can help, and that is said
            var others = new ArrayList<Path>();
            for (int node = 0; node < ClusterProcesses.SIZE; node++) {
                Path one = cluster.data(node).resolve(cluster.data(0).relativize(flipped));
                flip(one, bytes.length / 3);
                others.add(one);
            }
            Command left = check(cluster, 0);
            assertThat(left.status()).as(left.output()).isEqualTo(1);
            assertThat(left.output()).contains("no other member could give it", "damaged");
            // one of them is put back by hand: all come back
            Files.write(others.get(1), bytes);
            for (Path one : others) {
                ClusterParts.await(() -> holds(one, bytes), () -> one + " is mended");
            }
            Command again = check(cluster, 2);
            assertThat(again.status()).as(again.output()).isZero();
            offline(cluster, parts);
        }
    }

    /// A directory that no node has open: nothing is given up that another node has.
    private void offline(ClusterProcesses cluster, ClusterParts parts) throws Exception {
        cluster.process(2).terminate();
        Path data = cluster.data(2);
        Command whole = command("check", data.toString());
        assertThat(whole.status()).as(whole.output()).isZero();
        Path file = ClusterParts.files(data).getFirst();
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        for (String[] words :
                List.of(
                        new String[] {"check", data.toString()},
                        new String[] {"check", "--repair", data.toString()})) {
            Command named = command(words);
            assertThat(named.status()).as(named.output()).isEqualTo(1);
            assertThat(named.output())
                    .contains(file.toString(), "a start takes the file from another member");
        }
        cluster.launch(2);
        cluster.awaitReady(2);
        ClusterParts.await(() -> holds(file, bytes), cluster.process(2)::errors);
        assertThat(parts.query(2, SQL)).isEqualTo(parts.query(1, SQL));
    }
}
