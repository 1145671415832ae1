package io.tsdb.loadgen.command;

import io.tsdb.loadgen.workload.LaneStream;
import io.tsdb.loadgen.workload.LineBuffer;
import io.tsdb.loadgen.workload.StreamConfig;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.Callable;

/// Writes a workload's lines to a file, so that sending them costs nothing but the sending.
@Command(
        name = "prepare",
        mixinStandardHelpOptions = true,
        description =
                "Writes the lines of a workload to a file (or /dev/null) and prints how fast they"
                        + " were made.")
public final class PrepareCommand implements Callable<Integer> {
    @Mixin private StreamOptions stream = new StreamOptions();

    @Option(names = "--to", required = true, description = "file to write, or /dev/null")
    private Path to = Path.of("/dev/null");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        StreamConfig config = stream.config(1, false);
        long lines = 0;
        long bytes = 0;
        long values = 0;
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long cpuBegan = threads.getCurrentThreadCpuTime();
        long began = System.nanoTime();
        LaneStream lane = new LaneStream(config, 0);
        LineBuffer buffer = new LineBuffer(1 << 22);
        try (FileChannel file =
                FileChannel.open(
                        to,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            while (lane.hasNext()) {
                lane.next(buffer);
                ByteBuffer out = ByteBuffer.wrap(buffer.bytes(), 0, buffer.size());
                while (out.hasRemaining()) {
                    file.write(out);
                }
                lines += buffer.lines();
                bytes += buffer.size();
                values += buffer.values();
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        double cpu = (threads.getCurrentThreadCpuTime() - cpuBegan) / 1e9;
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%s: %,d lines, %,d values, %,d bytes in %.2f s: %,.0f lines/s, %,.0f MB/s;"
                                + " %.2f s of CPU: %,.0f lines/s a core%n",
                        config.workload(),
                        lines,
                        values,
                        bytes,
                        seconds,
                        lines / seconds,
                        bytes / seconds / 1e6,
                        cpu,
                        lines / cpu);
        return 0;
    }
}
