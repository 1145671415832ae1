package io.tsdb.cluster.rpc;

import io.tsdb.cluster.identity.NodeSockets;
import io.tsdb.cluster.shardmap.Member;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.util.Arrays;

/// A connection to the data port of a node for one request after the other about members and
/// replicas: what is large, such as a copy, waits for nothing else and holds nothing up. One
/// thread; to be closed.
public final class ControlConnection implements AutoCloseable {
    private static final int CONNECT_MILLIS_MAX = 2_000;
    private static final int GREETING_MILLIS_MAX = 5_000;

    /// A flush may have to come before an answer.
    private static final int ANSWER_MILLIS_MAX = 60_000;

    private final InetSocketAddress address;
    private final Socket socket;
    private final DataInputStream in;
    private final int answerBytesMax;
    private final Greeting theirs;
    private long requests;

    /// @param greeting of this node
    /// @param answerBytesMax of an answer that is taken
    /// @throws LevelException when the node is of a cluster that this one does not fit
    /// @throws IOException when the node does not answer, or does not take this one
    public ControlConnection(
            InetSocketAddress address, Greeting greeting, int answerBytesMax, NodeSockets sockets)
            throws IOException {
        this.address = address;
        this.answerBytesMax = answerBytesMax;
        this.socket = sockets.client();
        boolean isOpen = false;
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, CONNECT_MILLIS_MAX);
            socket.setSoTimeout(GREETING_MILLIS_MAX);
            greeting.frame(Frame.Kind.HELLO).write(socket.getOutputStream());
            this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            this.theirs = greeting.answered(Frame.read(in, Greeting.BYTES_MAX));
            socket.setSoTimeout(ANSWER_MILLIS_MAX);
            isOpen = true;
        } catch (EOFException e) {
            throw new IOException(address + " does not take this node", e);
        } finally {
            if (!isOpen) {
                FrameSender.close(socket);
            }
        }
    }

    /// To a member, and nobody else who may be at its address.
    ///
    /// @param greeting of this node, as a member of the same cluster
    public static ControlConnection to(
            Member member, Greeting greeting, int answerBytesMax, NodeSockets sockets)
            throws IOException {
        var connection =
                new ControlConnection(member.data().resolve(), greeting, answerBytesMax, sockets);
        boolean isMember = false;
        try {
            greeting.check(connection.theirs, member);
            isMember = true;
            return connection;
        } finally {
            if (!isMember) {
                connection.close();
            }
        }
    }

    /// What the node said of itself.
    public Greeting theirs() {
        return theirs;
    }

    /// @throws IOException when the node cannot do it, and why
    public byte[] ask(byte[] request) throws IOException {
        long number = ++requests;
        new Frame(Frame.Kind.ASK, 0, number, request, request.length)
                .write(socket.getOutputStream());
        Frame answer = Frame.read(in, answerBytesMax);
        if (answer.request() != number) {
            throw new ProtocolException(address + " answers another request");
        }
        return switch (answer.kind()) {
            case ANSWER -> Arrays.copyOf(answer.payload(), answer.length());
            case FAILED -> throw new IOException(address + ": " + answer.text());
            default -> throw new ProtocolException(answer.kind() + " is no answer");
        };
    }

    @Override
    public void close() {
        FrameSender.close(socket);
    }
}
