package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.client.SqlRefusedException;
import io.tsdb.storage.model.JsonText;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;

/// `tsdb cluster set`: a setting of every node, while all of them run.
@Command(
        name = "set",
        description = {
            "Set a setting for every node of a cluster, at once and for good.",
            "KEY= takes it back: each node goes by what it was started with."
        },
        mixinStandardHelpOptions = true)
public final class ClusterSetCommand implements Runnable {
    @Mixin private NodeAddress node = new NodeAddress();

    @Parameters(paramLabel = "KEY=VALUE", description = "as in tsdb.conf, such as slow-query=5s")
    private String setting = "";

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        int equals = setting.indexOf('=');
        if (equals < 1) {
            throw new ParameterException(spec.commandLine(), "'" + setting + "' is not KEY=VALUE");
        }
        String key = setting.substring(0, equals);
        String value = setting.substring(equals + 1);
        String object =
                "{\"key\":%s,\"value\":%s}"
                        .formatted(
                                JsonText.quoted(key),
                                value.isEmpty() ? "null" : JsonText.quoted(value));
        try (var client = node.client()) {
            client.post("/api/v1/cluster/settings", object)
                    .path("settings")
                    .properties()
                    .forEach(one -> print(one.getKey() + " = " + one.getValue().asString("")));
        } catch (SqlRefusedException | IOException e) {
            throw CommandFailure.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted");
        }
    }

    private void print(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
