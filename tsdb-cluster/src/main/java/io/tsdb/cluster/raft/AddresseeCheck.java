package io.tsdb.cluster.raft;

import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets nothing through to Ratis that is addressed to another member. By itself Ratis looks at the
/// group alone: a member that has come, with an empty disk, at the address of one that is lost
/// would answer in its name, and so vote twice, and forget what the lost one had acknowledged.
final class AddresseeCheck implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(AddresseeCheck.class);

    private final String self;
    private final ByteString id;

    AddresseeCheck(String self) {
        this.self = self;
        this.id = RaftPeerId.valueOf(self).toByteString();
    }

    /// To whom a message of another member goes; of a client, which a cluster has none of, to
    /// nobody.
    private static ByteString addressee(Object message) {
        RaftRpcRequestProto header =
                switch (message) {
                    case AppendEntriesRequestProto entries -> entries.getServerRequest();
                    case RequestVoteRequestProto vote -> vote.getServerRequest();
                    case InstallSnapshotRequestProto snapshot -> snapshot.getServerRequest();
                    case StartLeaderElectionRequestProto lead -> lead.getServerRequest();
                    case ReadIndexRequestProto read -> read.getServerRequest();
                    default -> RaftRpcRequestProto.getDefaultInstance();
                };
        return header.getReplyId();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return new SimpleForwardingServerCallListener<Q>(next.startCall(call, headers)) {
            /// The call is closed: Ratis, which heard nothing of it, must not close it again.
            private boolean isRefused;

            @Override
            public void onMessage(Q message) {
                if (isRefused) {
                    return;
                }
                ByteString addressee = addressee(message);
                if (addressee.equals(id)) {
                    super.onMessage(message);
                    return;
                }
                isRefused = true;
                LOG.debug("{} to {}", message.getClass(), addressee.toStringUtf8());
                call.close(
                        Status.NOT_FOUND.withDescription(
                                "is " + self + ", and not " + addressee.toStringUtf8()),
                        new Metadata());
            }

            @Override
            public void onHalfClose() {
                if (!isRefused) {
                    super.onHalfClose();
                }
            }
        };
    }
}
