package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.NodeLog;

import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a member of a group knows of the others, whatever its first leaders log.
@Timeout(60)
class RaftGroupsTest {
    /// Longer than the test takes: this member elects nobody.
    private static final RaftSettings QUIET = new RaftSettings(30_000, 40_000, 30_000);

    @TempDir Path directory;

    private Members members;
    private RaftGroups groups;
    private int port;
    private int calls;

    @BeforeEach
    void threeMembers() throws IOException {
        List<Integer> ports = FreePorts.take(6);
        var all = new ArrayList<Member>();
        for (int i = 0; i < 3; i++) {
            all.add(
                    new Member(
                            List.of("a", "b", "c").get(i),
                            new Address("127.0.0.1", ports.get(2 * i)),
                            new Address("127.0.0.1", ports.get(2 * i + 1))));
        }
        members = new Members(1, 3, all);
        groups =
                new RaftGroups(
                        new ClusterView(ClusterState.first(members)),
                        new LocalFileStore(),
                        directory);
        port = ports.getFirst();
    }

    private static LogEntryProto first(Members members, long term) {
        var peers = RaftConfigurationProto.newBuilder();
        for (Member member : members.members()) {
            peers.addPeers(
                    RaftPeer.newBuilder()
                            .setId(RaftPeerId.valueOf(member.id()))
                            .setAddress(member.raft().toString())
                            .build()
                            .getRaftPeerProto());
        }
        return LogEntryProto.newBuilder()
                .setTerm(term)
                .setIndex(0)
                .setConfigurationEntry(peers)
                .build();
    }

    private AppendEntriesReplyProto append(RaftServer server, String leader, long term)
            throws Exception {
        var request =
                RaftRpcRequestProto.newBuilder()
                        .setRequestorId(ByteString.copyFromUtf8(leader))
                        .setReplyId(ByteString.copyFromUtf8("a"))
                        .setRaftGroupId(
                                ProtoUtils.toRaftGroupIdProtoBuilder(groups.id(NodeLog.CATALOG)))
                        .setCallId(++calls);
        return server.appendEntries(
                AppendEntriesRequestProto.newBuilder()
                        .setServerRequest(request)
                        .setLeaderTerm(term)
                        .setLeaderCommit(-1)
                        .addEntries(first(members, term))
                        .build());
    }

    /// A leader is gone before its first entry, the configuration, was on a majority, and the next
    /// one logs its own in its place.
    @Test
    void aMemberKnowsTheOthersWhenItsFirstEntryIsReplaced() throws Exception {
        RaftProperties properties = QUIET.properties(directory, "127.0.0.1", port);
        groups.create(NodeLog.CATALOG, properties);
        RaftServer server =
                RaftServer.newBuilder()
                        .setServerId(RaftPeerId.valueOf("a"))
                        .setStateMachineRegistry(_ -> new BaseStateMachine())
                        .setProperties(properties)
                        .setParameters(new PromptGrpc.Commits().parameters("a"))
                        .setOption(RaftStorage.StartupOption.RECOVER)
                        .build();
        try {
            server.start();
            var division = server.getDivision(groups.id(NodeLog.CATALOG));
            assertThat(division.getRaftConf().getCurrentPeers()).hasSize(3);
            append(server, "b", 1);
            assertThat(division.getRaftLog().getTermIndex(0).getTerm()).isEqualTo(1);
            append(server, "c", 2);
            assertThat(division.getRaftLog().getTermIndex(0).getTerm()).isEqualTo(2);
            assertThat(division.getRaftConf().getCurrentPeers()).hasSize(3);
        } finally {
            server.close();
        }
    }
}
