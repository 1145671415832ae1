package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.client.SqlAnswer;
import io.tsdb.cluster.node.client.SqlClient;
import io.tsdb.cluster.node.client.SqlRefusedException;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Has a running cluster check itself, shard by shard, and prints what is found.
final class ClusterChecking {
    private final NodeAddress node;
    private final PrintWriter out;
    private final Set<String> members = new HashSet<>();
    private long partCount;
    private long totalBytes;
    private boolean isWhole = true;

    ClusterChecking(NodeAddress node, PrintWriter out) {
        this.node = node;
        this.out = out;
    }

    /// @return whether all is whole now, at all members, and the same
    boolean run() {
        try (var client = node.client()) {
            int shardCount = 1;
            for (int shard = 0; shard < shardCount; shard++) {
                SqlAnswer answer =
                        client.act("/api/v1/cluster/check?shard=" + shard, SqlClient.LONG_TIMEOUT);
                for (List<String> row : answer.rows()) {
                    shardCount = Integer.parseInt(row.get(1));
                    print(row);
                }
                out.flush();
            }
        } catch (SqlRefusedException | IOException e) {
            throw CommandFailure.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted");
        }
        out.printf(
                "%s: %d parts of %d bytes read at %d members%n",
                isWhole ? "whole" : "damaged", partCount, totalBytes, members.size());
        return isWhole;
    }

    private void print(List<String> row) {
        String member = row.get(2);
        String state = row.get(3);
        String text = row.get(6);
        partCount += Long.parseLong(row.get(4));
        totalBytes += Long.parseLong(row.get(5));
        switch (state) {
            case "whole", "mended", "moving" -> {}
            default -> isWhole = false;
        }
        if (!state.equals("silent")) {
            members.add(member);
        }
        if (!text.isEmpty()) {
            out.printf("%-8s  shard %s at %s: %s%n", state, row.get(0), member, text);
        }
    }
}
