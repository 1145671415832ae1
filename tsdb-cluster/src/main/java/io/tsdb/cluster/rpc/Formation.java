package io.tsdb.cluster.rpc;

import io.tsdb.cluster.identity.NodeSockets;
import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// How nodes that are in no cluster yet become one: each asks all seeds until all have answered.
/// What they say is kept on disk, so all come to the same members; whoever comes late takes over
/// what the others have, or is to join them.
public final class Formation {
    private static final Logger LOG = LoggerFactory.getLogger(Formation.class);
    private static final int ANSWER_MILLIS_MAX = 1_000;
    private static final long AGAIN_MILLIS = 200;
    private static final int TELL_ROUNDS = 25;

    private final Greeting self;
    private final List<Address> seeds;
    private final int nodes;
    private final NodeSockets sockets;

    /// What was said last of a seed that does not answer.
    private final Map<InetSocketAddress, String> told = new HashMap<>();

    /// What a node has come to.
    ///
    /// @param members of the cluster
    /// @param at a member to be asked, when the cluster has formed without this node: it is to join
    public record Outcome(Members members, Optional<InetSocketAddress> at) {}

    /// @param self this node
    /// @param seeds data ports of nodes; a name may stand for many of them, and is looked up again
    ///   and again
    /// @param nodes of a cluster that begins; 0: this node only joins one that there is
    /// @param sockets what seeds are asked with
    public Formation(Greeting self, List<Address> seeds, int nodes, NodeSockets sockets) {
        this.self = self;
        this.sockets = sockets;
        this.nodes = nodes;
        this.seeds = List.copyOf(seeds);
    }

    /// Waits for the others, however long it takes.
    ///
    /// @throws LevelException when there is a cluster that this node does not fit
    /// @throws IOException when nodes contradict one another
    public Outcome await() throws IOException, InterruptedException {
        for (int round = 0; ; round++) {
            var answers = new TreeMap<String, Greeting>();
            int silent = 0;
            for (InetSocketAddress seed : addresses()) {
                Greeting answer = ask(seed).orElse(null);
                if (answer == null) {
                    silent++;
                } else if (answer.members().isPresent()) {
                    Members formed = answer.members().get();
                    boolean isIn = formed.has(self.self().id());
                    return new Outcome(formed, isIn ? Optional.empty() : Optional.of(seed));
                } else {
                    answers.put(answer.self().id(), answer);
                }
            }
            if (nodes > 0 && answers.size() >= nodes) {
                return new Outcome(first(List.copyOf(answers.values())), Optional.empty());
            }
            if (round % TELL_ROUNDS == 0) {
                LOG.info(
                        "{} of {} nodes have answered at {}; {} have not",
                        answers.size(),
                        nodes == 0 ? "a cluster's" : nodes,
                        seeds,
                        silent);
            }
            TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
        }
    }

    /// For a member that comes back: asks until one of the seeds, which are members, takes it; goes
    /// on as well when none answers.
    ///
    /// @throws LevelException when another program was installed that does not fit the cluster
    public void checkLevel() throws LevelException {
        for (InetSocketAddress seed : addresses()) {
            if (ask(seed).isPresent()) {
                return;
            }
        }
    }

    private Set<InetSocketAddress> addresses() {
        var addresses = new LinkedHashSet<InetSocketAddress>();
        seeds.forEach(seed -> addresses.addAll(seed.resolveAll()));
        return addresses;
    }

    private Members first(List<Greeting> answers) throws IOException {
        if (answers.size() > nodes) {
            throw new IOException(
                    "%d nodes have answered at %s, and cluster-nodes says %d: all of a new cluster need the same"
                            .formatted(answers.size(), seeds, nodes));
        }
        for (Greeting answer : answers) {
            same("cluster-shards", self.shardCount(), answer.shardCount(), answer);
            same("cluster-replicas", self.replicas(), answer.replicas(), answer);
            same(
                    "the oldest level that the program speaks",
                    self.levels().oldest(),
                    answer.levels().oldest(),
                    answer);
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

    private Optional<Greeting> ask(InetSocketAddress seed) throws LevelException {
        boolean isThere = false;
        try (Socket socket = sockets.client()) {
            socket.connect(seed, ANSWER_MILLIS_MAX);
            isThere = true;
            socket.setSoTimeout(ANSWER_MILLIS_MAX);
            self.frame(Frame.Kind.HELLO).write(socket.getOutputStream());
            var in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            return Optional.of(self.answered(Frame.read(in, Greeting.BYTES_MAX)));
        } catch (LevelException e) {
            throw e;
        } catch (IOException e) {
            tell(seed, isThere, e);
            return Optional.empty();
        }
    }

    /// A seed that is not there yet is nothing to speak of, nor one that is slow; one that refuses
    /// is, once.
    private void tell(InetSocketAddress seed, boolean isThere, IOException failure) {
        String reason = NodeSockets.reason(failure);
        boolean refused = isThere && !(failure instanceof SocketTimeoutException);
        if (refused && !reason.equals(told.put(seed, reason))) {
            LOG.warn("{} does not take this node: {}", seed, reason);
        } else {
            LOG.debug("{} does not answer", seed, failure);
        }
    }
}
