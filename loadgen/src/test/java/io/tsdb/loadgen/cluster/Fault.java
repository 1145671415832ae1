package io.tsdb.loadgen.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// What happens to a node, between it and others, or to all of them.
enum Fault {
    /// Neither hears nor is heard.
    ISOLATED,
    /// Hears, and is not heard.
    MUTE,
    /// Is heard, and does not hear.
    DEAF,
    /// It and the next one have lost each other; the third one reaches both.
    BRIDGED,
    /// Its links are cut one direction after the other, and come back one after the other.
    SWIZZLED,
    /// All links are slow and lose something.
    LOSSY,
    /// Stands still for a while, and knows nothing of it.
    PAUSED,
    /// Its disk takes half a second longer for each sync.
    SLOW_DISK,
    /// Its clock goes forth by a day, back by two, and comes right.
    CLOCK_JUMPS,
    /// One node after the other has to give up what it leads, again and again.
    HANDED_OVER;

    private static final Duration SYNC = Duration.ofMillis(500);
    private static final Duration DAY = Duration.ofDays(1);

    /// Of a look at the clock, which a node takes once a second.
    private static final int CLOCK_TRIES = 100;

    /// What ends a fault.
    interface Ending {
        void end() throws IOException, InterruptedException;
    }

    /// What a thread does while the fault lasts.
    private interface Course {
        void run() throws IOException, InterruptedException;
    }

    /// @param lasts how long it will be
    Ending begin(ProxiedCluster cluster, int node, Duration lasts, long seed)
            throws IOException, InterruptedException {
        int next = (node + 1) % ProxiedCluster.SIZE;
        int last = (node + 2) % ProxiedCluster.SIZE;
        ProxyNetwork network = cluster.network();
        switch (this) {
            case ISOLATED -> directions(node).forEach(way -> network.cut(way[0], way[1]));
            case MUTE -> {
                network.cut(node, next);
                network.cut(node, last);
            }
            case DEAF -> {
                network.cut(next, node);
                network.cut(last, node);
            }
            case BRIDGED -> {
                network.cut(node, next);
                network.cut(next, node);
            }
            case SWIZZLED -> {
                return during(() -> swizzle(network, directions(node), lasts, seed));
            }
            case LOSSY -> network.worsen(seed);
            case PAUSED -> {
                cluster.signal(node, "STOP");
                return () -> cluster.signal(node, "CONT");
            }
            case SLOW_DISK -> {
                return cluster.slowSyncs(node, SYNC)::end;
            }
            case CLOCK_JUMPS -> {
                return during(() -> jump(cluster, node, lasts));
            }
            case HANDED_OVER -> {
                return handingOver(cluster);
            }
        }
        return network::heal;
    }

    private static List<int[]> directions(int node) {
        var all = new ArrayList<int[]>();
        for (int other = 0; other < ProxiedCluster.SIZE; other++) {
            if (other != node) {
                all.add(new int[] {node, other});
                all.add(new int[] {other, node});
            }
        }
        return all;
    }

    private static void swizzle(
            ProxyNetwork network, List<int[]> directions, Duration lasts, long seed) {
        var random = new Random(seed);
        long pause = lasts.toNanos() / (2L * directions.size() + 2);
        Collections.shuffle(directions, random);
        for (int[] way : directions) {
            network.cut(way[0], way[1]);
            LockSupport.parkNanos(pause);
        }
        Collections.shuffle(directions, random);
        for (int[] way : directions) {
            network.join(way[0], way[1]);
            LockSupport.parkNanos(pause);
        }
    }

    /// Each time the node has to see it.
    private static void jump(ProxiedCluster cluster, int node, Duration lasts)
            throws IOException, InterruptedException {
        for (Duration ahead : List.of(DAY, DAY.negated(), Duration.ZERO)) {
            cluster.clock(node).set(ahead);
            Duration seen = cluster.ahead(node);
            for (int tries = 0; !isAbout(seen, ahead); tries++) {
                if (tries == CLOCK_TRIES) {
                    throw new IOException(
                            "node %d is ahead by %s, and not by %s".formatted(node, seen, ahead));
                }
                LockSupport.parkNanos(lasts.toNanos() / 20);
                seen = cluster.ahead(node);
            }
            LockSupport.parkNanos(lasts.toNanos() / 4);
        }
    }

    private static boolean isAbout(Duration one, Duration other) {
        return one.minus(other).abs().compareTo(Duration.ofHours(1)) < 0;
    }

    private static Ending handingOver(ProxiedCluster cluster) {
        var goesOn = new AtomicBoolean(true);
        Ending storm =
                during(
                        () -> {
                            for (int node = 0; goesOn.get(); node++) {
                                cluster.handOver(node % ProxiedCluster.SIZE);
                            }
                        });
        return () -> {
            goesOn.set(false);
            storm.end();
        };
    }

    /// Runs it beside the caller.
    ///
    /// @return what waits for its end, and fails when it failed
    private static Ending during(Course course) {
        var failures = Collections.synchronizedList(new ArrayList<Exception>());
        Thread thread =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        course.run();
                                    } catch (IOException | InterruptedException e) {
                                        failures.add(e);
                                    }
                                });
        return () -> {
            thread.join();
            for (Exception failure : failures) {
                throw new IOException(failure);
            }
        };
    }
}
