package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.storage.io.LocalFileStore;

import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// A member with an empty disk has come at the address of a lost one, of which the others do not
/// know yet that it is lost. Over a real connection.
@Timeout(60)
class AddresseeCheckTest {
    private static final int SHARD = 0;
    private static final String LOST = "lost";
    private static final String COME = "come";

    /// Longer than the test takes: this member elects nobody.
    private static final RaftSettings QUIET = new RaftSettings(30_000, 40_000, 30_000);

    @TempDir Path directory;

    private RaftGroups groups;
    private RaftServer server;
    private ManagedChannel channel;
    private int calls;

    /// The class's limit is one for tests alone.
    @BeforeEach
    @Timeout(60)
    void start() throws Exception {
        List<Integer> ports = FreePorts.take(6);
        Member come = member(COME, ports, 0);
        var members =
                new Members(1, 3, List.of(come, member("x", ports, 2), member("y", ports, 4)));
        groups =
                new RaftGroups(
                        new ClusterView(ClusterState.first(members)),
                        new LocalFileStore(),
                        directory);
        RaftProperties properties = QUIET.properties(directory, "127.0.0.1", come.raft().port());
        groups.create(SHARD, properties);
        server =
                RaftServer.newBuilder()
                        .setServerId(RaftPeerId.valueOf(COME))
                        .setStateMachineRegistry(_ -> new BaseStateMachine())
                        .setProperties(properties)
                        .setParameters(new PromptGrpc.Commits().parameters(COME))
                        .setOption(RaftStorage.StartupOption.RECOVER)
                        .build();
        server.start();
        var info = server.getDivision(groups.id(SHARD)).getInfo();
        while (!info.getLifeCycleState().isRunning()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", come.raft().port())
                        .usePlaintext()
                        .build();
    }

    private static Member member(String id, List<Integer> ports, int at) {
        return new Member(
                id,
                new Address("127.0.0.1", ports.get(at)),
                new Address("127.0.0.1", ports.get(at + 1)));
    }

    @AfterEach
    void end() throws Exception {
        channel.shutdownNow();
        server.close();
    }

    private RaftRpcRequestProto.Builder header(String addressee) {
        return RaftRpcRequestProto.newBuilder()
                .setRequestorId(ByteString.copyFromUtf8("x"))
                .setReplyId(ByteString.copyFromUtf8(addressee))
                .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(groups.id(SHARD)))
                .setCallId(++calls);
    }

    private boolean votes(String addressee, long term) {
        return RaftServerProtocolServiceGrpc.newBlockingStub(channel)
                .requestVote(
                        RequestVoteRequestProto.newBuilder()
                                .setServerRequest(header(addressee))
                                .setCandidateTerm(term)
                                .setCandidateLastEntry(
                                        TermIndexProto.newBuilder().setTerm(1).setIndex(100))
                                .build())
                .getServerReply()
                .getSuccess();
    }

    private CompletableFuture<AppendEntriesReplyProto> append(String addressee, int entries) {
        var answer = new CompletableFuture<AppendEntriesReplyProto>();
        StreamObserver<AppendEntriesRequestProto> requests =
                RaftServerProtocolServiceGrpc.newStub(channel)
                        .appendEntries(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(AppendEntriesReplyProto reply) {
                                        answer.complete(reply);
                                    }

                                    @Override
                                    public void onError(Throwable failure) {
                                        answer.completeExceptionally(failure);
                                    }

                                    @Override
                                    public void onCompleted() {
                                        answer.completeExceptionally(
                                                new AssertionError("no answer"));
                                    }
                                });
        for (int index = 0; index < entries; index++) {
            requests.onNext(entry(addressee, index));
        }
        return answer;
    }

    private AppendEntriesRequestProto entry(String addressee, int index) {
        return AppendEntriesRequestProto.newBuilder()
                .setServerRequest(header(addressee))
                .setLeaderTerm(1)
                .setLeaderCommit(-1)
                .addEntries(
                        LogEntryProto.newBuilder()
                                .setTerm(1)
                                .setIndex(index)
                                .setStateMachineLogEntry(
                                        StateMachineLogEntryProto.newBuilder()
                                                .setClientId(ClientId.randomId().toByteString())))
                .build();
    }

    @Test
    void noVoteIsGivenInTheNameOfAnother() throws Exception {
        long term = server.getDivision(groups.id(SHARD)).getInfo().getCurrentTerm();
        assertThatThrownBy(() -> votes(LOST, term + 1))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refusal ->
                                assertThat(refusal.getStatus().getCode())
                                        .isEqualTo(Status.Code.NOT_FOUND))
                .hasMessageContaining("is come, and not lost");
        assertThat(server.getDivision(groups.id(SHARD)).getInfo().getCurrentTerm()).isEqualTo(term);
        assertThat(votes(COME, term + 2)).isTrue();
    }

    @Test
    void noEntryIsTakenInTheNameOfAnother() throws Exception {
        assertThatThrownBy(() -> append(LOST, 2).get())
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("is come, and not lost");
        var log = server.getDivision(groups.id(SHARD)).getRaftLog();
        assertThat(log.getLastEntryTermIndex()).isNull();
        assertThat(append(COME, 1).get().getServerReply().getSuccess()).isTrue();
        assertThat(log.getLastEntryTermIndex().getTerm()).isEqualTo(1);
    }
}
