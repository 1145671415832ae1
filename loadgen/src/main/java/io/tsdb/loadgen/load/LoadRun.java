package io.tsdb.loadgen.load;

import io.tsdb.loadgen.wire.Protocol;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// One run: starts a thread per lane, watches, and reports. Memory does not grow with the length of
/// the run.
public final class LoadRun {
    private static final int SAMPLES_MAX = 1200;

    private final String title;
    private final LoadConfig config;
    private final List<? extends BatchSource> sources;
    private final Acknowledgements acknowledgements;
    private final int ghostsPerLane;
    private final LoadMeter meter = new LoadMeter();
    private final Histogram latency = LoadMeter.newHistogram();
    private final Histogram service = LoadMeter.newHistogram();
    private final Histogram warmUp = LoadMeter.newHistogram();
    private final List<Sample> samples = new ArrayList<>();
    private final AtomicReference<String> stopReason = new AtomicReference<>("");
    private double sampleSeconds = 1;
    private double sampledUntil;
    private long sampledLines;
    private long sampledBytes;
    private long sampledErrors;

    /// @param sources one per lane
    /// @param ghostsPerLane how many batches at each lane's beginning a run before this one may
    ///   have sent
    public LoadRun(
            String title,
            LoadConfig config,
            List<? extends BatchSource> sources,
            Acknowledgements acknowledgements,
            int ghostsPerLane) {
        this.title = title;
        this.config = config;
        this.sources = List.copyOf(sources);
        this.acknowledgements = acknowledgements;
        this.ghostsPerLane = ghostsPerLane;
    }

    /// Ends the run early; from any thread. What is under way still gets its answer.
    public void stop(String reason) {
        stopReason.compareAndSet("", reason);
    }

    /// Runs to the end.
    ///
    /// @param progress gets each stretch as it ends
    public LoadReport run(Consumer<Sample> progress) throws IOException, InterruptedException {
        String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        CountDownLatch running = new CountDownLatch(sources.size());
        long start = System.nanoTime();
        for (int lane = 0; lane < sources.size(); lane++) {
            LaneSender sender =
                    new LaneSender(
                            lane,
                            sources.get(lane),
                            config,
                            meter,
                            acknowledgements,
                            this::isStopping,
                            start,
                            ghostsPerLane);
            Thread.ofPlatform()
                    .name("lane-" + lane)
                    .start(
                            () -> {
                                try {
                                    sender.run();
                                } catch (RuntimeException e) {
                                    meter.error("client: " + e);
                                    stop("an error of the client: " + e);
                                } finally {
                                    running.countDown();
                                }
                            });
        }
        long durationNanos = config.duration().toNanos();
        boolean ended = false;
        while (!ended) {
            long next = start + (long) ((sampledUntil + sampleSeconds) * 1e9);
            if (durationNanos > 0 && !isStopping()) {
                next = Math.min(next, start + durationNanos);
            }
            ended = running.await(Math.max(1, next - System.nanoTime()), TimeUnit.NANOSECONDS);
            double now = (System.nanoTime() - start) / 1e9;
            if (durationNanos > 0 && System.nanoTime() - start >= durationNanos) {
                stop("its duration was over");
            }
            if (ended && !samples.isEmpty() && now < sampledUntil + sampleSeconds / 10) {
                // alone, so short a stretch would look like a standstill
                Sample last = sample(now);
                samples.removeLast();
                samples.add(samples.removeLast().join(last));
            } else if (ended || now >= sampledUntil + sampleSeconds) {
                progress.accept(sample(now));
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        for (BatchSource source : sources) {
            source.close();
        }
        return report(started, seconds);
    }

    private boolean isStopping() {
        return !stopReason.get().isEmpty();
    }

    private Sample sample(double now) {
        LoadMeter.Latest latest = meter.take();
        Histogram interval = latest.latency();
        if (sampledUntil < config.warmUp().toNanos() / 1e9) {
            warmUp.add(interval);
        } else {
            latency.add(interval);
            service.add(latest.service());
        }
        Sample sample =
                new Sample(
                        sampledUntil,
                        now,
                        meter.lines() - sampledLines,
                        meter.bytes() - sampledBytes,
                        meter.errorCount() - sampledErrors,
                        interval.getValueAtPercentile(50) / 1e3,
                        interval.getValueAtPercentile(99) / 1e3,
                        interval.getMaxValue() / 1e3);
        sampledUntil = now;
        sampledLines += sample.lines();
        sampledBytes += sample.bytes();
        sampledErrors += sample.errors();
        samples.add(sample);
        if (samples.size() == SAMPLES_MAX) {
            for (int i = 0; i < SAMPLES_MAX / 2; i++) {
                samples.set(i, samples.get(2 * i).join(samples.get(2 * i + 1)));
            }
            samples.subList(SAMPLES_MAX / 2, SAMPLES_MAX).clear();
            sampleSeconds *= 2;
        }
        return sample;
    }

    private LoadReport report(String started, double seconds) {
        List<double[]> percentiles = new ArrayList<>();
        for (HistogramIterationValue value : latency.percentiles(5)) {
            percentiles.add(
                    new double[] {
                        value.getPercentileLevelIteratedTo(), value.getValueIteratedTo() / 1e3
                    });
        }
        String ended = isStopping() ? stopReason.get() : "all was sent";
        return new LoadReport(
                title,
                config.protocol() != Protocol.TCP,
                started,
                ended,
                seconds,
                meter.lines(),
                meter.values(),
                meter.bytes(),
                meter.batches(),
                meter.failedBatches(),
                meter.failedLines(),
                meter.retries(),
                meter.lines() / seconds,
                meter.values() / seconds,
                meter.bytes() / seconds / 1e6,
                Latencies.of(latency),
                Latencies.of(service),
                Latencies.of(warmUp),
                percentiles,
                meter.errors(),
                List.copyOf(samples));
    }
}
