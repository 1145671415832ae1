package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.config.SizeText;
import io.tsdb.cluster.node.doctor.Doctor;
import io.tsdb.cluster.node.doctor.Finding;
import io.tsdb.cluster.node.doctor.Machine;
import io.tsdb.storage.model.SystemClock;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/// `tsdb doctor`: whether this machine is fit for a node.
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Look at this machine before it matters: JDK, memory and its limit, open files, clock,"
                    + " kernel settings, and the disk of a data directory: room, and how long a"
                    + " sync takes.",
            "Exit status: 0 a node runs well here, maybe with warnings; 1 something is bad."
        })
public final class DoctorCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "./data",
            description = "data directory, there or not yet (default: ${DEFAULT-VALUE})")
    private Path data;

    @Option(
            names = "--disk-reserve",
            paramLabel = "SIZE",
            defaultValue = "2GiB",
            description = "as the node has it (default: ${DEFAULT-VALUE})")
    private String diskReserve;

    @Override
    public Integer call() {
        long reserve;
        try {
            reserve = SizeText.parse(diskReserve);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        List<Finding> findings =
                new Doctor(
                                new Machine(Path.of("/")),
                                data,
                                reserve,
                                Runtime.version().feature(),
                                SystemClock.wall(),
                                SystemClock.ticker())
                        .findings();
        for (Finding finding : findings) {
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%-7s  %s: %s%n",
                            word(finding.verdict()), finding.subject(), finding.text());
        }
        boolean bad =
                findings.stream().anyMatch(finding -> finding.verdict() == Finding.Verdict.BAD);
        return bad ? 1 : 0;
    }

    private static String word(Finding.Verdict verdict) {
        return switch (verdict) {
            case GOOD -> "good";
            case WARNING -> "warning";
            case BAD -> "bad";
            case UNKNOWN -> "unknown";
        };
    }
}
