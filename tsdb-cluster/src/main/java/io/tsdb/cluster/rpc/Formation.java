package io.tsdb.cluster.rpc;

import io.tsdb.cluster.identity.NodeSockets;
import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

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
    private final NodeSockets sockets;

    /// What was said last of a seed that does not answer.
    private final Map<Address, String> told = new HashMap<>();

    /// @param seeds data ports of all first members, this node's among them
    /// @param sockets what seeds are asked with
    public Formation(Greeting self, List<Address> seeds, NodeSockets sockets) {
        this.self = self;
        this.sockets = sockets;
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
            same("cluster-shards", self.shardCount(), answer.shardCount(), answer);
            same("cluster-replicas", self.replicas(), answer.replicas(), answer);
        }
        List<Member> members = answers.stream().map(Greeting::self).toList();
        try {
            return new Members(self.shardCount(), self.replicas(), members);
        } catch (IllegalArgumentException e) {
            throw new IOException("cluster-seeds: " + e.getMessage(), e);
        }
    }

    private static void same(String setting, int here, int there, Greeting answer)
            throws IOException {
        if (here != there) {
            throw new IOException(
                    setting
                            + " is "
                            + here
                            + " here and "
                            + there
                            + " at "
                            + answer.self().data()
                            + ": all nodes of a new cluster need the same");
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
        try (Socket socket = sockets.client()) {
            socket.connect(seed.resolve(), ANSWER_MILLIS_MAX);
            socket.setSoTimeout(ANSWER_MILLIS_MAX);
            Frame.of(Frame.Kind.HELLO, self.toBytes()).write(socket.getOutputStream());
            var in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            Frame answer = Frame.read(in, Greeting.BYTES_MAX);
            return Optional.of(Greeting.of(answer.payload(), answer.length()));
        } catch (IOException e) {
            tell(seed, e);
            return Optional.empty();
        }
    }

    /// A seed that is not there yet is nothing to speak of; one that refuses is, once.
    private void tell(Address seed, IOException failure) {
        String reason = NodeSockets.reason(failure);
        boolean refused = failure instanceof SSLException || failure instanceof EOFException;
        if (refused && !reason.equals(told.put(seed, reason))) {
            LOG.warn("{} does not take this node: {}", seed, reason);
        } else {
            LOG.debug("{} does not answer", seed, failure);
        }
    }
}
