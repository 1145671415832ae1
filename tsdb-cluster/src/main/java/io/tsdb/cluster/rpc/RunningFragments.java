package io.tsdb.cluster.rpc;

import io.tsdb.storage.io.LittleEndian;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The fragments that a connection has asked for and that have not ended; they end with it.
final class RunningFragments {
    /// More than any node asks for at once: each query asks each shard.
    private static final int RUNNING_MAX = 10_000;

    private final FrameSender sender;
    private final Map<Long, Running> running = new ConcurrentHashMap<>();

    RunningFragments(FrameSender sender) {
        this.sender = sender;
    }

    /// Answers to frames, and the call once it is there.
    private final class Running implements FragmentAnswers {
        private final long request;
        private @Nullable FragmentCall call;
        private boolean isCancelled;

        Running(long request) {
            this.request = request;
        }

        void bind(FragmentCall begun) {
            synchronized (this) {
                call = begun;
                if (!isCancelled) {
                    return;
                }
            }
            begun.cancel();
        }

        void cancel() {
            FragmentCall begun;
            synchronized (this) {
                isCancelled = true;
                begun = call;
            }
            if (begun != null) {
                begun.cancel();
            }
        }

        synchronized @Nullable FragmentCall call() {
            return call;
        }

        private void send(Frame.Kind kind, byte[] payload) {
            sender.send(new Frame(kind, 0, request, payload, payload.length));
        }

        @Override
        public void begun() {
            send(Frame.Kind.BEGUN, Frame.NOTHING);
        }

        @Override
        public void batch(byte[] bytes) {
            send(Frame.Kind.BATCH, bytes);
        }

        @Override
        public void ended(byte[] profile) {
            running.remove(request);
            send(Frame.Kind.ENDED, profile);
        }

        @Override
        public void refused(byte[] reason) {
            running.remove(request);
            send(Frame.Kind.REFUSED, reason);
        }

        @Override
        public void failed(IOException cause) {
            running.remove(request);
            sender.send(Frame.failed(request, String.valueOf(cause.getMessage())));
        }
    }

    void begin(Frame frame, FragmentService service) throws ProtocolException {
        if (running.size() >= RUNNING_MAX) {
            throw new ProtocolException(RUNNING_MAX + " fragments at once are too many");
        }
        var one = new Running(frame.request());
        if (running.putIfAbsent(frame.request(), one) != null) {
            throw new ProtocolException("request " + frame.request() + " comes twice");
        }
        one.bind(service.begin(frame.log(), frame.payload(), one));
    }

    void credit(Frame frame) throws ProtocolException {
        if (frame.length() != Long.BYTES) {
            throw new ProtocolException("a credit of " + frame.length() + " bytes");
        }
        long bytes = LittleEndian.getLong(frame.payload(), 0);
        if (bytes < 0) {
            throw new ProtocolException("a credit of " + bytes);
        }
        Running one = running.get(frame.request());
        FragmentCall call = one == null ? null : one.call();
        if (call != null) {
            call.credit(bytes);
        }
    }

    void cancel(long request) {
        Running one = running.remove(request);
        if (one != null) {
            one.cancel();
        }
    }

    void cancelAll() {
        running.keySet().forEach(this::cancel);
    }
}
