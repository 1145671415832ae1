package io.tsdb.cluster.node.command;

import io.tsdb.cluster.node.logging.CommandAudit;
import io.tsdb.cluster.node.logging.LogField;
import io.tsdb.storage.io.DirectoryOwner;
import io.tsdb.storage.io.FileFailure;
import io.tsdb.storage.model.SystemClock;

import picocli.CommandLine.Model.CommandSpec;

import java.io.IOException;
import java.nio.file.Path;

/// An act of a command on the files of a node, left for that node's audit.
final class ActLeft {
    private ActLeft() {}

    /// What is done stays done when it cannot be left; that is said.
    static void leave(CommandSpec spec, Path data, String what, LogField... more) {
        try {
            CommandAudit.leave(data, SystemClock.wall().instant(), what, more);
        } catch (IOException e) {
            spec.commandLine()
                    .getErr()
                    .println("the node's audit will not have it: " + FileFailure.text(e));
        }
    }

    /// Says so when root made files that the node of the directory cannot read.
    static void warnOfOwner(CommandSpec spec, Path data) {
        DirectoryOwner.warning(data)
                .ifPresent(text -> spec.commandLine().getErr().println("warning: " + text));
    }
}
