package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.config.ConfigException;
import io.tsdb.cluster.node.logging.LogField;
import io.tsdb.cluster.node.server.Adoption;
import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.storage.model.CorruptDataException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/// `tsdb cluster adopt`: a node alone becomes the first member of a cluster.
@Command(
        name = "adopt",
        description = {
            "Make the data directory of a node alone that of the first member of a cluster.",
            "The node must not run. Back the directory up before: there is no way back."
        },
        mixinStandardHelpOptions = true)
public final class ClusterAdoptCommand implements Runnable {
    private static final int ID_BYTES = 8;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "data directory of the node")
    private Path data;

    @Option(
            names = "--cluster-listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9301",
            description = "as it will be started (default: ${DEFAULT-VALUE})")
    private String listen;

    @Option(
            names = "--cluster-raft",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9302",
            description = "as it will be started (default: ${DEFAULT-VALUE})")
    private String raft;

    @Option(
            names = "--cluster-replicas",
            paramLabel = "1|3|5",
            defaultValue = "3",
            description =
                    "nodes that keep each shard, as soon as there are so many; for good (default:"
                            + " ${DEFAULT-VALUE})")
    private int replicas;

    @Option(
            names = "--cluster-zone",
            paramLabel = "NAME",
            defaultValue = "",
            description = "what may fail as one with it")
    private String zone;

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        byte[] id = new byte[ID_BYTES];
        new SecureRandom().nextBytes(id);
        Member self;
        try {
            self =
                    new Member(
                            HexFormat.of().formatHex(id),
                            Address.parse(raft),
                            Address.parse(listen),
                            zone);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        try {
            int shards = Adoption.run(data, self, replicas);
            ActLeft.leave(
                    spec, data, "adopt as member " + self.id(), new LogField("shards", shards));
            ActLeft.warnOfOwner(spec, data);
            PrintWriter out = spec.commandLine().getOut();
            out.println(
                    data
                            + " is of member "
                            + self.id()
                            + " now, with "
                            + shards
                            + " shards: start it with --cluster --cluster-seeds "
                            + listen);
            out.flush();
        } catch (ConfigException | IOException | CorruptDataException e) {
            throw CommandFailure.of(e);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
