package io.tsdb.cluster.rpc;

import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// How nodes that are in no cluster yet become one: each asks all seeds until all have answered.
/// What they say is kept on disk, so all come to the same members; whoever comes late takes over
/// what the others have.
public final class Formation {
    private static final Logger LOG = LoggerFactory.getLogger(Formation.class);
    private static final int ANSWER_MILLIS_MAX = 1_000;
    private static final long AGAIN_MILLIS = 200;
    private static final int TELL_ROUNDS = 25;

    private final Greeting self;
    private final List<Address> seeds;

    /// @param seeds data ports of all first members, this node's among them
    public Formation(Greeting self, List<Address> seeds) {
        this.self = self;
        this.seeds = List.copyOf(seeds);
    }

    /// Waits for the others, however long it takes.
    ///
    /// @throws IOException when the cluster has formed without this node, or its nodes contradict
    ///   one another
    public Members await() throws IOException, InterruptedException {
        for (int round = 0; ; round++) {
            var answers = new ArrayList<Greeting>();
            var silent = new ArrayList<Address>();
            for (Address seed : seeds) {
                Optional<Greeting> answer = ask(seed);
                answer.ifPresentOrElse(answers::add, () -> silent.add(seed));
            }
            Optional<Members> formed =
                    answers.stream().flatMap(answer -> answer.members().stream()).findFirst();
            if (formed.isPresent()) {
                return checked(formed.get());
            }
            if (silent.isEmpty()) {
                return checked(first(answers));
            }
            if (round % TELL_ROUNDS == 0) {
                LOG.info("waits for {} of {} seeds: {}", silent.size(), seeds.size(), silent);
            }
            TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
        }
    }

    private Members first(List<Greeting> answers) throws IOException {
        for (Greeting answer : answers) {
            if (answer.shardCount() != self.shardCount()) {
                throw new IOException(
                        "cluster-shards is "
                                + self.shardCount()
                                + " here and "
                                + answer.shardCount()
                                + " at "
                                + answer.self().data()
                                + ": all nodes of a new cluster need the same");
            }
        }
        List<Member> members = answers.stream().map(Greeting::self).toList();
        try {
            return new Members(self.shardCount(), members);
        } catch (IllegalArgumentException e) {
            throw new IOException("cluster-seeds: " + e.getMessage(), e);
        }
    }

    private Members checked(Members members) throws IOException {
        if (!members.has(self.self().id())) {
            throw new IOException(
                    "the cluster of "
                            + seeds
                            + " has formed without this node ("
                            + self.self().id()
                            + "): cluster-seeds must name "
                            + self.self().data()
                            + " too; a node whose disk was emptied cannot come back yet");
        }
        return members;
    }

    private Optional<Greeting> ask(Address seed) {
        try (var socket = new Socket()) {
            socket.connect(seed.resolve(), ANSWER_MILLIS_MAX);
            socket.setSoTimeout(ANSWER_MILLIS_MAX);
            Frame.of(Frame.Kind.HELLO, self.toBytes()).write(socket.getOutputStream());
            var in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            Frame answer = Frame.read(in, Greeting.BYTES_MAX);
            return Optional.of(Greeting.of(answer.payload(), answer.length()));
        } catch (IOException e) {
            LOG.debug("{} does not answer", seed, e);
            return Optional.empty();
        }
    }
}
