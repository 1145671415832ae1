package io.tsdb.loadgen.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A server started here, with what it uses. A launcher script and the process that it starts count
/// together.
public final class ServerProcess {
    private static final long STOP_SECONDS_MAX = 60;
    private static final double TICKS_PER_SECOND = 100;
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    private final Process process;
    private final Path log;

    private ServerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /// Starts a command; its output goes to `log`.
    static ServerProcess start(List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        return new ServerProcess(builder.start(), log);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// What it has printed so far.
    String output() throws IOException {
        return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
    }

    /// Something that may not hold yet.
    @FunctionalInterface
    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    /// Waits until a condition holds.
    ///
    /// @throws IOException when the process ends or the time is up; the text has the end of its
    ///   output
    void await(String what, Condition condition, long secondsMax)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(secondsMax);
        while (!condition.holds()) {
            if (!isAlive() || System.nanoTime() > end) {
                String text = output();
                stop();
                throw new IOException(
                        (isAlive()
                                        ? "not " + what + " after " + secondsMax + " s"
                                        : "ended before it was " + what)
                                + "; its output ends with: "
                                + text.substring(Math.max(0, text.length() - 600)).strip());
            }
            LockSupport.parkNanos(20_000_000L);
        }
    }

    private List<ProcessHandle> family() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        return all;
    }

    /// CPU seconds used so far, user and system.
    double cpuSeconds() throws IOException {
        double seconds = 0;
        for (ProcessHandle member : family()) {
            String stat = proc(member, "stat");
            if (!stat.isEmpty()) {
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                seconds +=
                        (Long.parseLong(fields[11]) + Long.parseLong(fields[12]))
                                / TICKS_PER_SECOND;
            }
        }
        return seconds;
    }

    /// Largest resident memory so far, of the largest process of the family.
    long peakMemoryBytes() throws IOException {
        long peak = 0;
        for (ProcessHandle member : family()) {
            Matcher matcher = PEAK.matcher(proc(member, "status"));
            if (matcher.find()) {
                peak = Math.max(peak, Long.parseLong(matcher.group(1)) * 1024);
            }
        }
        return peak;
    }

    private static String proc(ProcessHandle of, String file) throws IOException {
        try {
            return Files.readString(Path.of("/proc", Long.toString(of.pid()), file));
        } catch (NoSuchFileException e) {
            // The process has just ended, or this is no Linux: nothing to count.
            return "";
        }
    }

    /// Ends it: politely, and by force when that does not help.
    void stop() throws InterruptedException {
        List<ProcessHandle> family = family();
        family.forEach(ProcessHandle::destroy);
        boolean ended = process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS);
        for (ProcessHandle member : family) {
            if (!ended || member.isAlive()) {
                member.destroyForcibly();
            }
        }
        if (!ended) {
            process.waitFor();
        }
    }

    /// Runs a command to its end.
    ///
    /// @return its output; an exit status other than 0 is an error
    static String run(List<String> command) throws IOException, InterruptedException {
        Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text =
                new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int status = started.waitFor();
        if (status != 0) {
            throw new IOException(
                    String.join(" ", command) + " ended with " + status + ": " + text);
        }
        return text;
    }

    /// Bytes that a directory takes on the disk (allocated).
    static long diskBytes(Path directory) throws IOException, InterruptedException {
        return Long.parseLong(
                run(List.of("du", "-s", "-B1", directory.toString())).split("\\s+")[0]);
    }

    /// Deletes a directory with all in it.
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
