package io.tsdb.cluster.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.identity.NodeSockets;
import io.tsdb.cluster.raft.FreePorts;
import io.tsdb.cluster.rpc.ControlConnection;
import io.tsdb.cluster.rpc.DataPort;
import io.tsdb.cluster.rpc.Greeting;
import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Three members, of which two are asked over their data ports.
@Timeout(60)
class RemovalCheckTest {
    private static final int FRAME_BYTES_MAX = 1 << 20;

    private final List<DataPort> open = new ArrayList<>();
    private Members members;
    private RemovalCheck check;

    @BeforeEach
    void members() throws IOException {
        List<Integer> ports = FreePorts.take(3);
        var all = new ArrayList<Member>();
        for (int i = 0; i < 3; i++) {
            all.add(
                    new Member(
                            List.of("a", "b", "c").get(i),
                            new Address("127.0.0.1", 1 + i),
                            new Address("127.0.0.1", ports.get(i))));
        }
        members = new Members(1, 3, all);
        check =
                new RemovalCheck(
                        "a",
                        () -> members,
                        member ->
                                ControlConnection.to(
                                        member, greeting("a"), FRAME_BYTES_MAX, NodeSockets.PLAIN));
    }

    @AfterEach
    void close() {
        open.forEach(DataPort::close);
    }

    private Greeting greeting(String id) {
        return new Greeting(members.member(id), 1, 3, Optional.of(members));
    }

    private DataPort starting(String id) throws IOException {
        var port =
                new DataPort(
                        members.member(id).data(),
                        greeting(id),
                        FRAME_BYTES_MAX,
                        NodeSockets.PLAIN);
        open.add(port);
        return port;
    }

    private void says(DataPort port, boolean isMember) {
        port.serveControl(
                request -> {
                    assertThat(request).isEqualTo(ControlBytes.isMember("a"));
                    return ControlBytes.answer(isMember);
                });
    }

    @Test
    void aMajorityThatDeniesItSuffices() throws IOException {
        says(starting("b"), false);
        says(starting("c"), false);
        assertThat(check.getAsBoolean()).isTrue();
    }

    /// One may not have heard yet that this node has joined.
    @Test
    void oneAloneDoesNot() throws IOException {
        says(starting("b"), false);
        assertThat(check.getAsBoolean()).as("the other one is silent").isFalse();
        DataPort third = starting("c");
        assertThat(check.getAsBoolean()).as("the other one is starting").isFalse();
        says(third, true);
        assertThat(check.getAsBoolean()).as("the other one knows better").isFalse();
    }

    /// The cluster starts as a whole.
    @Test
    void whoIsStartingSaysNothing() throws IOException {
        starting("b");
        starting("c");
        assertThat(check.getAsBoolean()).isFalse();
    }
}
